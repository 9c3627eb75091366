package talk;

import static com.netflix.appinfo.InstanceInfo.InstanceStatus.UP;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.netflix.appinfo.ApplicationInfoManager;
import com.netflix.appinfo.InstanceInfo;
import com.netflix.appinfo.InstanceInfo.InstanceStatus;
import com.netflix.discovery.EurekaClient;
import com.netflix.discovery.shared.Application;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/**
 * The conversation of the scenario with one client: orders on standard input, an answer to each on
 * standard output. Lines that don't begin with @@ are the client's log.
 */
public final class Talk {
  private final ApplicationInfoManager self;
  private final EurekaClient client;

  private Talk(ApplicationInfoManager self, EurekaClient client) {
    this.self = self;
    this.client = client;
  }

  /** Obeys until it is told to leave, or the input ends. Leave unregisters, and ends the client. */
  public static void obey(ApplicationInfoManager self, EurekaClient client, Runnable leave)
      throws IOException, InterruptedException {
    Talk talk = new Talk(self, client);
    talk.awaitRegistered();
    say("ready");
    BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String order; (order = orders.readLine()) != null; ) {
      if (order.equals("unregister")) {
        leave.run();
        say("ok");
        System.exit(0);
      }
      say(talk.answer(order));
    }
    Runtime.getRuntime().halt(1); // nobody asked to leave, so nothing is said to the server
  }

  /** Waits until the client's own copy of the registry shows it. */
  private void awaitRegistered() throws InterruptedException {
    InstanceInfo me = self.getInfo();
    CountDownLatch registered = new CountDownLatch(1);
    Runnable look = () -> {
      if (see(me.getAppName()).contains(" " + me.getId() + "=" + UP)) {
        registered.countDown();
      }
    };
    client.registerEventListener(event -> look.run());
    look.run();
    registered.await();
  }

  private String answer(String order) {
    String[] words = order.split(" ");
    switch (words[0]) {
      case "status":
        self.setInstanceStatus(InstanceStatus.valueOf(words[1]));
        return "ok";
      case "see":
        return "ok" + see(words[1]);
      default:
        return "error there is no order " + words[0];
    }
  }

  /** What the client's own copy of the registry has of an application: " id=STATUS" for each. */
  private String see(String name) {
    Application app = client.getApplication(name);
    return app == null ? "" : app.getInstances().stream()
        .map(i -> " " + i.getId() + "=" + i.getStatus()).sorted().collect(Collectors.joining());
  }

  private static void say(String text) {
    System.out.println("@@ " + text);
  }
}
