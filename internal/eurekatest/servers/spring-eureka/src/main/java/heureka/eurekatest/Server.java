package heureka.eurekatest;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.server.context.WebServerPortFileWriter;
import org.springframework.cloud.netflix.eureka.server.EnableEurekaServer;

/**
 * A Eureka server. All its settings come from the command line. The port that it got is
 * written to the file that the environment's PORTFILE names.
 */
@SpringBootApplication
@EnableEurekaServer
public class Server {

	public static void main(String[] args) {
		SpringApplication app = new SpringApplication(Server.class);
		app.addListeners(new WebServerPortFileWriter());
		app.run(args);
	}
}
