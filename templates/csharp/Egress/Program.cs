using Org.Cdk8s;

var app = new App();
_ = new ShopEgress(app, "shop");
app.Synth();
