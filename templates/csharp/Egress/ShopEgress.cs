using Cdk8s.IstioEgress;
using Constructs;
using Org.Cdk8s;

/// <summary>What namespace shop uses outside the mesh.</summary>
public sealed class ShopEgress : Chart
{
    public ShopEgress(Construct scope, string id) : base(scope, id, new ChartProps { Namespace = "shop" })
    {
        var orders = new ExternalMysql(this, "Orders", new ExternalMysqlProps
        {
            Host = "orders.example.com",
            Resolution = Resolution.IpAddresses("192.0.2.14"),
        });

        // The gateway denies every other account. This requires outboundTrafficPolicy: REGISTRY_ONLY in the mesh.
        orders.AllowFrom(MeshClient.ServiceAccount("shop", "cart"));

        new EgressViaGateway(this, "Egress", new EgressViaGatewayProps { Gateway = EgressGateway.IstioEgressGateway() }).Route(orders);
    }
}
