package com.example.egress;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.cdk8sistioegress.MeshFindings;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.cdk8s.App;
import org.cdk8s.Testing;
import org.junit.jupiter.api.Test;

class ShopEgressTest {
    @Test
    void noRuleFindsAMistake() {
        App app = Testing.app();
        new ShopEgress(app, "shop");

        assertEquals(List.of(), MeshFindings.of(app).list());
    }

    @Test
    void theGatewayAdmitsTheAccountOfTheCartAndNoOther() {
        List<Object> admitted = Testing.synth(new ShopEgress(Testing.app(), "shop")).stream()
                .map(object -> (Map<?, ?>) object)
                .filter(object -> "Gateway".equals(object.get("kind")))
                .flatMap(gateway -> ((List<?>) in(gateway, "spec").get("servers")).stream())
                .map(server -> in((Map<?, ?>) server, "tls").get("subjectAltNames"))
                .collect(Collectors.toList());

        assertEquals(List.of(List.of("spiffe://cluster.local/ns/shop/sa/cart")), admitted);
    }

    private static Map<?, ?> in(Map<?, ?> object, String field) {
        return (Map<?, ?>) object.get(field);
    }
}
