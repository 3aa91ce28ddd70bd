import cdk8s
from cdk8s_istio_egress import MeshFindings

from main import ShopEgress


def test_no_rule_finds_a_mistake() -> None:
    app = cdk8s.Testing.app()
    ShopEgress(app, "shop")

    assert MeshFindings.of(app).list() == []


def test_the_gateway_admits_the_account_of_the_cart_and_no_other() -> None:
    objects = cdk8s.Testing.synth(ShopEgress(cdk8s.Testing.app(), "shop"))
    servers = [server for each in objects if each["kind"] == "Gateway" for server in each["spec"]["servers"]]

    assert [server["tls"]["subjectAltNames"] for server in servers] == [["spiffe://cluster.local/ns/shop/sa/cart"]]
