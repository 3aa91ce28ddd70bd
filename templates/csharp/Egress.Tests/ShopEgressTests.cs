using System.Text.RegularExpressions;
using Cdk8s.IstioEgress;
using Org.Cdk8s;
using Xunit;

public class ShopEgressTests
{
    [Fact]
    public void NoRuleFindsAMistake()
    {
        var app = Testing.App();
        _ = new ShopEgress(app, "shop");

        Assert.Empty(MeshFindings.Of(app).List());
    }

    [Fact]
    public void TheGatewayAdmitsTheAccountOfTheCartAndNoOther()
    {
        var app = Testing.App();
        _ = new ShopEgress(app, "shop");
        var gateway = app.SynthYaml().Split("---").Single(text => text.Contains("\nkind: Gateway\n"));
        var admitted = Regex.Match(gateway, @"subjectAltNames:\n((?: *- .+\n)+)").Groups[1].Value;

        Assert.Equal("- spiffe://cluster.local/ns/shop/sa/cart", admitted.Trim());
    }
}
