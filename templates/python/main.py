from cdk8s import App, Chart
from cdk8s_istio_egress import EgressGateway, EgressViaGateway, ExternalMysql, MeshClient, Resolution
from constructs import Construct


class ShopEgress(Chart):
    """What namespace `shop` uses outside the mesh."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, namespace="shop")

        orders = ExternalMysql(
            self,
            "Orders",
            host="orders.example.com",
            resolution=Resolution.ip_addresses("192.0.2.14"),
        )

        # The gateway denies every other account. This requires outboundTrafficPolicy: REGISTRY_ONLY in the mesh.
        orders.allow_from(MeshClient.service_account("shop", "cart"))

        EgressViaGateway(self, "Egress", gateway=EgressGateway.istio_egress_gateway()).route(orders)


if __name__ == "__main__":
    app = App()
    ShopEgress(app, "shop")
    app.synth()
