package netflix;

import com.netflix.appinfo.ApplicationInfoManager;
import com.netflix.discovery.DiscoveryClient;
import com.netflix.discovery.EurekaClient;
import com.netflix.discovery.EurekaClientConfig;
import com.netflix.discovery.Jersey3DiscoveryClientOptionalArgs;
import com.netflix.discovery.shared.transport.jersey3.Jersey3TransportClientFactories;

/** How releases 2 reach a server: by a transport of one's choice, here Jersey 3. */
final class Transport {
  private Transport() {}

  static EurekaClient connect(ApplicationInfoManager self, EurekaClientConfig config) {
    return new DiscoveryClient(
        self, config, Jersey3TransportClientFactories.getInstance(), new Jersey3DiscoveryClientOptionalArgs());
  }
}
