from cdk8s import App, Chart
from cdk8s_istio_egress import EgressGateway, EgressViaGateway, ExternalMysql, MeshClient, Resolution

app = App()
chart = Chart(app, "bookinfo", namespace="bookinfo")

mysql = ExternalMysql(
    chart,
    "Mysql",
    host="mysqldb.example.com",
    resolution=Resolution.ip_addresses("192.0.2.14"),
)
mysql.allow_from(MeshClient.service_account("bookinfo", "ratings"))

egress = EgressViaGateway(chart, "Egress", gateway=EgressGateway.istio_egress_gateway())
egress.route(mysql)

app.synth()
