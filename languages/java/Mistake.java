import io.github.cdk8sistioegress.ExternalMysql;
import io.github.cdk8sistioegress.Resolution;
import org.cdk8s.App;
import org.cdk8s.Chart;
import org.cdk8s.ChartProps;

public class Mistake {
    public static void main(String[] args) {
        App app = new App();
        Chart chart = new Chart(app, "bookinfo", ChartProps.builder().namespace("bookinfo").build());

        ExternalMysql.Builder.create(chart, "Mysql")
                .host("mysqldb.example.com")
                .port(70000)
                .resolution(Resolution.ipAddresses("192.0.2.14"))
                .build();
    }
}
