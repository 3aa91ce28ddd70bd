import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalTcp, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { hears, hearsNothing } from './answers';
import { forgery } from './forgery';
import { ISTIO_NAMESPACE } from '../lab/istiod';
import { Manifest } from '../lab/manifest';
import type { Pod } from '../lab/pod';
import { Scenario } from '../lab/scenario';

const SERVICES = (['ledger', 'invoices', 'rates'] as const).map((name, index) => ({
  name, host: `${name}.example.com`, address: `192.0.2.${21 + index}`, speaks: name === 'rates' ? 'first' as const : 'when-asked' as const,
}));

const HELLO = 'who are you?';

const manifest = (): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'data', { namespace: 'data' });
  const egress = new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
  for (const { name, host, address } of SERVICES) {
    const service = new ExternalTcp(chart, name, { host, ports: [3306], resolution: Resolution.ipAddresses(address) });
    egress.route(service);
    service.allowFrom(MeshClient.allIn('billing'));
    if (name === 'ledger') { service.allowFrom(MeshClient.serviceAccount('shop', 'orders')); }
  }
});

export const namespaceClient: Scenario = {
  name: 'namespace-client',
  promise: 'a whole namespace is a client: all its accounts are served, accounts of other namespaces are not, and one policy covers all services',
  async run(lab, report) {
    for (const { host, address } of SERVICES) { await lab.dns.set(host, address); }
    await lab.namespace('data');
    const [invoicing, nightly, orders, cart, mallory, [gateway]] = await Promise.all([
      lab.caller('billing', 'invoicing'), lab.caller('billing', 'nightly'), lab.caller('shop', 'orders'), lab.caller('shop', 'cart'),
      lab.caller('mallory', 'mallory'), lab.stockGateway(),
      ...SERVICES.map(({ name, address, speaks }) => lab.greeter({ address, port: 3306, who: name, speaks })),
    ]);
    const each = async (how: (service: typeof SERVICES[number]) => Promise<string | undefined>): Promise<string | undefined> => {
      const answers = await Promise.all(SERVICES.map(how));
      return answers.find((answer) => answer !== undefined);
    };
    const nothing = (pod: Pod): Promise<string | undefined> => each(({ host }) => hearsNothing(pod, host, 3306, HELLO));
    const set = manifest();
    await lab.kube.apply(set.yaml);
    await report.check('any account of the namespace reaches every service', () => each(async ({ host, name }) =>
      await hears(invoicing, host, 3306, name, HELLO) ?? hears(nightly, host, 3306, name, HELLO)), { steady: 1 });
    await report.check('the named account reaches its own', () => hears(orders, SERVICES[0].host, 3306, 'ledger', HELLO), { steady: 1 });
    await report.holds('and not the others', 2, async () => await hearsNothing(orders, SERVICES[1].host, 3306, HELLO) ?? hearsNothing(orders, SERVICES[2].host, 3306, HELLO));
    await report.holds('another account of its namespace reaches none', 2, () => nothing(cart));
    await report.holds('nor does another namespace', 2, () => nothing(mallory));
    // server names are not secret: mallory's sidecar presents those of billing
    const names = SERVICES.map(({ host }) => `in.billing.data.p3306.${host}`);
    await lab.kube.apply(names.map((serverName, index) =>
      forgery({ namespace: 'mallory', name: `way-${index}`, address: `203.0.113.${91 + index}`, serverName })).join(''));
    const forged = (service: typeof SERVICES[number]): string => `203.0.113.${91 + SERVICES.indexOf(service)}`;
    await report.holds('nor when it forges the server names of the namespace', 3, () => each(async (service) =>
      (service.speaks === 'first' ? undefined : hearsNothing(mallory, forged(service), 3306, HELLO))));
    await report.check('limit: it DOES receive the greeting of a server that speaks first, because a policy denies at the client\'s first byte', () => each(async (service) =>
      (service.speaks === 'first' ? hears(mallory, forged(service), 3306, service.name) : undefined)));
    await hears(mallory, forged(SERVICES[2]), 3306, 'rates', HELLO);
    await report.check('the policy refuses it, says the gateway\'s access log', () => {
      const lines = gateway.proxy.log.since().filter((line) => line.principal === mallory.principal && names.includes(line.sni ?? ''));
      const passed = lines.find((line) => !line.details?.startsWith('rbac_access_denied') && line.received);
      if (passed) { return `it has passed: ${JSON.stringify(passed)}`; }
      return new Set(lines.filter((line) => line.details?.startsWith('rbac_access_denied')).map((line) => line.sni)).size === names.length ? undefined
        : `refused by policy: ${lines.map((line) => line.sni).join(', ')}`;
    });
    await report.check('the set has one policy, before any Gateway: access is never open while the set is applied', () => {
      const kinds = set.objects.map((object) => object.kind);
      const policies = kinds.filter((kind) => kind === 'AuthorizationPolicy').length;
      return policies === 1 && kinds.indexOf('AuthorizationPolicy') < kinds.indexOf('Gateway') ? undefined : kinds.join(', ');
    });
    await report.check('one policy in the gateway\'s namespace, and nothing else', async () => {
      const objects = (await lab.objects()).filter((object) => object.startsWith(`${ISTIO_NAMESPACE}/`));
      return objects.length === 1 && objects[0].includes('/authorizationpolicies/') ? undefined : objects.join(', ');
    });
    await report.check('any account of the namespace is still served', () => each(({ host, name }) => hears(nightly, host, 3306, name, HELLO)));
  },
};
