package com.example.egress;

import org.cdk8s.App;

public final class Main {
    public static void main(String[] args) {
        App app = new App();
        new ShopEgress(app, "shop");
        app.synth();
    }
}
