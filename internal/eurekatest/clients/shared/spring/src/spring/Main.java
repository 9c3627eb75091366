package spring;

import com.netflix.appinfo.ApplicationInfoManager;
import com.netflix.discovery.EurekaClient;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;
import talk.Talk;

/** A service that Spring Cloud registers, and is told about others by it. */
@SpringBootApplication
public class Main {
  public static void main(String[] args) throws Exception {
    ConfigurableApplicationContext context = SpringApplication.run(Main.class, args);
    Talk.obey(
        context.getBean(ApplicationInfoManager.class),
        context.getBean(EurekaClient.class),
        context::close);
  }
}
