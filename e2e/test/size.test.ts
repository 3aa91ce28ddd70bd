import { configurationIn } from '../scenarios/size';

test('the size of a configuration has no endpoints, no certificates, no times and no white space', () => {
  const dump = JSON.stringify({
    configs: [
      { '@type': 'type.googleapis.com/envoy.admin.v3.BootstrapConfigDump', 'bootstrap': {} },
      { '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump', 'dynamic_active_clusters': [{ cluster: { name: 'a' }, last_updated: '2026-08-27T00:00:00Z' }] },
      { '@type': 'type.googleapis.com/envoy.admin.v3.EndpointsConfigDump', 'dynamic_endpoint_configs': [{}] },
      { '@type': 'type.googleapis.com/envoy.admin.v3.SecretsConfigDump', 'dynamic_active_secrets': [{}] },
    ],
  }, undefined, 2);
  expect(configurationIn(dump)).toBe('[{"@type":"type.googleapis.com/envoy.admin.v3.ClustersConfigDump","dynamic_active_clusters":[{"cluster":{"name":"a"}}]}]');
});
