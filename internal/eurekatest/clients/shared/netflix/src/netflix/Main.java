package netflix;

import com.netflix.appinfo.ApplicationInfoManager;
import com.netflix.appinfo.EurekaInstanceConfig;
import com.netflix.appinfo.InstanceInfo.InstanceStatus;
import com.netflix.appinfo.MyDataCenterInstanceConfig;
import com.netflix.appinfo.providers.EurekaConfigBasedInstanceInfoProvider;
import com.netflix.discovery.DefaultEurekaClientConfig;
import com.netflix.discovery.EurekaClient;
import java.util.Locale;
import talk.Talk;

/** A service that registers itself with Netflix' own client. */
public final class Main {
  private Main() {}

  public static void main(String[] args) throws Exception {
    configure();
    EurekaInstanceConfig config = new MyDataCenterInstanceConfig();
    ApplicationInfoManager self =
        new ApplicationInfoManager(config, new EurekaConfigBasedInstanceInfoProvider(config).get());
    EurekaClient client = Transport.connect(self, new DefaultEurekaClientConfig());
    self.setInstanceStatus(InstanceStatus.UP);
    Talk.obey(self, client, client::shutdown);
  }

  /** Sets what stands in eureka-client.properties elsewhere. */
  private static void configure() {
    set("serviceUrl.default", env("URLS"));
    set("name", env("APP"));
    set("vipAddress", env("APP").toLowerCase(Locale.ROOT));
    set("instanceId", env("ID"));
    set("port", env("PORT"));
    set("lease.renewalInterval", env("RENEW_S"));
    set("lease.duration", env("LEASE_S"));
    set("client.refresh.interval", env("FETCH_S"));
    set("appinfo.replicate.interval", env("RENEW_S"));
    set("shouldUseDns", "false");
    set("shouldFilterOnlyUpInstances", "false");
  }

  private static void set(String key, String value) {
    System.setProperty("eureka." + key, value);
  }

  private static String env(String name) {
    return System.getenv("EUREKA_" + name);
  }
}
