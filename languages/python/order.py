import sys

from cdk8s import App, Chart
from cdk8s_istio_egress import EgressGateway, EgressViaGateway, ExternalMysql, MeshClient, Resolution

# Where pipelines/ has what is tried here.
sys.path += sys.argv[1:]

from policies import keep_policies
from stages import add_stages
from waves import add_waves

app = App()
chart = Chart(app, "shop", namespace="shop")
egress = EgressViaGateway(chart, "Egress", gateway=EgressGateway.istio_egress_gateway())

orders = ExternalMysql(chart, "Orders", host="orders.example.com", resolution=Resolution.ip_addresses("192.0.2.14"))
orders.allow_from(MeshClient.service_account("shop", "cart"), MeshClient.all_in("reporting"))
egress.route(orders)

add_waves(app)
add_stages(app)
keep_policies(app)
app.synth()
