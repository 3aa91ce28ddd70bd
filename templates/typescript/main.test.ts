import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { Testing } from 'cdk8s';
import { MeshFindings } from 'cdk8s-istio-egress';
import { ShopEgress } from './main';

interface Gateway {
  readonly kind: string;
  readonly spec: { readonly servers: readonly { readonly tls: { readonly subjectAltNames: readonly string[] } }[] };
}

test('no rule finds a mistake', () => {
  const app = Testing.app();
  new ShopEgress(app, 'shop');

  deepEqual(MeshFindings.of(app).list(), []);
});

test('the gateway admits the account of the cart, and no other', () => {
  const objects = Testing.synth(new ShopEgress(Testing.app(), 'shop')) as Gateway[];
  const gateways = objects.filter(({ kind }) => kind === 'Gateway');

  deepEqual(gateways.flatMap(({ spec }) => spec.servers).flatMap(({ tls }) => tls.subjectAltNames), ['spiffe://cluster.local/ns/shop/sa/cart']);
});
