package com.example.egress;

import io.github.cdk8sistioegress.EgressGateway;
import io.github.cdk8sistioegress.EgressViaGateway;
import io.github.cdk8sistioegress.ExternalMysql;
import io.github.cdk8sistioegress.MeshClient;
import io.github.cdk8sistioegress.Resolution;
import org.cdk8s.Chart;
import org.cdk8s.ChartProps;
import software.constructs.Construct;

/** What namespace {@code shop} uses outside the mesh. */
public final class ShopEgress extends Chart {
    public ShopEgress(Construct scope, String id) {
        super(scope, id, ChartProps.builder().namespace("shop").build());

        ExternalMysql orders = ExternalMysql.Builder.create(this, "Orders")
                .host("orders.example.com")
                .resolution(Resolution.ipAddresses("192.0.2.14"))
                .build();

        // The gateway denies every other account. This requires outboundTrafficPolicy: REGISTRY_ONLY in the mesh.
        orders.allowFrom(MeshClient.serviceAccount("shop", "cart"));

        EgressViaGateway.Builder.create(this, "Egress")
                .gateway(EgressGateway.istioEgressGateway())
                .build()
                .route(orders);
    }
}
