import io.github.cdk8sistioegress.EgressGateway;
import io.github.cdk8sistioegress.EgressViaGateway;
import io.github.cdk8sistioegress.ExternalMysql;
import io.github.cdk8sistioegress.MeshClient;
import io.github.cdk8sistioegress.Resolution;
import org.cdk8s.App;
import org.cdk8s.Chart;
import org.cdk8s.ChartProps;

public class Gateway {
    public static void main(String[] args) {
        App app = new App();
        Chart chart = new Chart(app, "bookinfo", ChartProps.builder().namespace("bookinfo").build());

        ExternalMysql mysql = ExternalMysql.Builder.create(chart, "Mysql")
                .host("mysqldb.example.com")
                .resolution(Resolution.ipAddresses("192.0.2.14"))
                .build();
        mysql.allowFrom(MeshClient.serviceAccount("bookinfo", "ratings"));

        EgressViaGateway egress = EgressViaGateway.Builder.create(chart, "Egress")
                .gateway(EgressGateway.istioEgressGateway())
                .build();
        egress.route(mysql);

        app.synth();
    }
}
