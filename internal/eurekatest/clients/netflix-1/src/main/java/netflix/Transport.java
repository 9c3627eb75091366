package netflix;

import com.netflix.appinfo.ApplicationInfoManager;
import com.netflix.discovery.DiscoveryClient;
import com.netflix.discovery.EurekaClient;
import com.netflix.discovery.EurekaClientConfig;

/** How releases 1 reach a server: by Jersey 1, which they bring along. */
final class Transport {
  private Transport() {}

  static EurekaClient connect(ApplicationInfoManager self, EurekaClientConfig config) {
    return new DiscoveryClient(self, config);
  }
}
