from cdk8s import App, Chart
from cdk8s_istio_egress import ExternalMysql, Resolution

app = App()
chart = Chart(app, "bookinfo", namespace="bookinfo")

ExternalMysql(
    chart,
    "Mysql",
    host="mysqldb.example.com",
    port=70000,
    resolution=Resolution.ip_addresses("192.0.2.14"),
)
