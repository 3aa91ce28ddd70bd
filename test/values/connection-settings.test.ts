import { Duration } from 'cdk8s';
import {
  ClientTls, ConnectionPresets, ConnectionSettings, EgressGateway, EgressViaGateway, ExternalMysql, ExternalPort, ExternalService, MeshClient,
  Protocol, Resolution,
} from '../../src';
import { all, messageOf, only, synth } from '../helpers';

const ALL: ConnectionSettings = {
  connectTimeout: Duration.millis(1500),
  maxConnections: 40,
  tcpKeepalive: { probes: 3, time: Duration.minutes(5), interval: Duration.seconds(10) },
  idleTimeout: Duration.minutes(20),
  maxConnectionDuration: Duration.hours(2),
};
const TCP = {
  connectTimeout: '1.5s', maxConnections: 40, tcpKeepalive: { probes: 3, time: '300s', interval: '10s' }, idleTimeout: '1200s', maxConnectionDuration: '7200s',
};

interface More {
  readonly resolution?: Resolution;
  readonly ports?: ExternalPort[];
  readonly routed?: boolean;
}

function manifestsWith(connection: ConnectionSettings | undefined, more: More = {}) {
  return synth(chart => {
    const service = new ExternalService(chart, 'Db', {
      hosts: ['db.example.com'], ports: more.ports ?? [{ number: 3306 }], resolution: more.resolution ?? Resolution.dnsRoundRobin(), connection,
    });
    if (more.routed) {
      new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(service);
      service.allowFrom(MeshClient.serviceAccount('shop', 'cart'));
    }
  });
}

const policyOf = (connection: ConnectionSettings, more: More = {}) => (
  only(manifestsWith(connection, more), 'DestinationRule', more.routed ? 'db.bookinfo.upstream.3306' : 'db.bookinfo.endpoints').spec.trafficPolicy);

describe('connection settings', () => {
  test('of a direct service are the sidecars\'', () => {
    expect(policyOf(ALL)).toEqual({ connectionPool: { tcp: TCP } });
  });

  test('of a routed service are the gateway\'s, which connects to it', () => {
    expect(policyOf(ALL, { routed: true })).toEqual({ connectionPool: { tcp: TCP } });
  });

  test('of a routed service leave the leg to the gateway as it is', () => {
    const { spec } = only(manifestsWith(ALL, { routed: true }), 'DestinationRule', 'db.bookinfo.to-gateway.shop');

    expect(spec.subsets[0].trafficPolicy.portLevelSettings[0].connectionPool).toEqual({ tcp: { connectTimeout: '2s' } });
  });

  test('join the failover between endpoints, and change it where they say so', () => {
    const outlierDetection = { consecutiveErrors: 3, baseEjectionTime: Duration.seconds(30), maxEjectionPercent: 100 };

    expect(policyOf({ maxConnections: 5 }, { resolution: Resolution.dns() })).toMatchObject({ connectionPool: { tcp: { connectTimeout: '2s', maxConnections: 5 } } });
    expect(policyOf({ outlierDetection }, { resolution: Resolution.dns() }).outlierDetection)
      .toEqual({ consecutive5xxErrors: 3, interval: '1s', baseEjectionTime: '30s', maxEjectionPercent: 100 });
    const http = { resolution: Resolution.dns(), ports: [{ number: 80, protocol: Protocol.HTTP }] };
    expect(policyOf({ outlierDetection: { consecutiveErrors: 2, interval: Duration.seconds(5) } }, http).outlierDetection)
      .toMatchObject({ consecutiveLocalOriginFailures: 2, consecutive5xxErrors: 0, interval: '5s', baseEjectionTime: '10s', maxEjectionPercent: 50 });
  });

  test('stand beside originated TLS; what Istio ignores for a port is with the destination as well', () => {
    const ports = [{ number: 3306, protocol: Protocol.REDIS, tls: ClientTls.originate() }, { number: 22 }];

    expect(policyOf({ idleTimeout: Duration.minutes(1), maxConnections: 7 }, { ports, resolution: Resolution.ipAddresses('192.0.2.1') })).toMatchObject({
      connectionPool: { tcp: { idleTimeout: '60s' } },
      portLevelSettings: [
        { port: { number: 3306 }, connectionPool: { tcp: { idleTimeout: '60s', maxConnections: 7 } }, tls: { mode: 'SIMPLE' } },
        { port: { number: 22 }, connectionPool: { tcp: { idleTimeout: '60s', maxConnections: 7 } } },
      ],
    });
  });

  test('of HTTP and TCP ports stand with each port, because errors are counted in different ways', () => {
    const ports = [{ number: 80, protocol: Protocol.HTTP }, { number: 22 }];
    const policy = policyOf({ maxConnections: 7 }, { ports, resolution: Resolution.dns() });

    expect(Object.keys(policy)).toEqual(['portLevelSettings']);
    expect(policy.portLevelSettings[0].outlierDetection).toMatchObject({ splitExternalLocalOriginErrors: true, consecutive5xxErrors: 0 });
    expect(policy.portLevelSettings[1].outlierDetection).toMatchObject({ consecutive5xxErrors: 1 });
  });

  test('that are none write nothing', () => {
    expect(all(manifestsWith(undefined), 'DestinationRule')).toEqual([]);
    expect(all(manifestsWith({}), 'DestinationRule')).toEqual([]);
  });

  test('are an option of every kind', () => {
    const manifests = synth(chart => new ExternalMysql(chart, 'Db', {
      host: 'db.example.com', resolution: Resolution.ipAddresses('192.0.2.14'), connection: { idleTimeout: Duration.minutes(30) },
    }));

    expect(only(manifests, 'DestinationRule').spec.trafficPolicy.connectionPool.tcp.idleTimeout).toBe('1800s');
  });
});

describe('connection settings that cannot be are refused', () => {
  test.each<[string, unknown, string]>([
    ['a time as a number', { connectTimeout: 5 }, '\'connection.connectTimeout\' must be a Duration of at least a millisecond, like Duration.seconds(5), got 5'],
    ['a time as text', { idleTimeout: '5s' }, '\'connection.idleTimeout\' must be a Duration of at least a millisecond, like Duration.seconds(5), got "5s"'],
    ['no time at all', { maxConnectionDuration: Duration.seconds(0) }, '\'connection.maxConnectionDuration\' must be a Duration of at least a millisecond, like Duration.seconds(5), got 0 ms'],
    ['no connection', { maxConnections: 0 }, '\'connection.maxConnections\' must be a whole number from 1 to 2147483647, got 0'],
    ['half a connection', { maxConnections: 1.5 }, '\'connection.maxConnections\' must be a whole number from 1 to 2147483647, got 1.5'],
    ['more than a number holds', { maxConnections: 2147483648 }, '\'connection.maxConnections\' must be a whole number from 1 to 2147483647, got 2147483648'],
    ['a misspelt setting', { timeout: Duration.seconds(1) }, '\'timeout\' is not a property of \'connection\': it has \'connectTimeout\''],
    ['no settings', 5, '\'connection\' needs its properties as { connectTimeout, maxConnections, tcpKeepalive, ... }, got 5'],
    ['a probe every half second', { tcpKeepalive: { interval: Duration.millis(1500) } }, '\'connection.tcpKeepalive.interval\' must be a Duration of whole seconds, like Duration.minutes(5), got 1500 ms'],
    ['a probe after half a second', { tcpKeepalive: { time: Duration.millis(500) } }, '\'connection.tcpKeepalive.time\' must be a Duration of whole seconds, like Duration.minutes(5), got 500 ms'],
    ['percent as text', { outlierDetection: { maxEjectionPercent: '50' } }, '\'connection.outlierDetection.maxEjectionPercent\' must be a whole number of percent from 0 to 100, got "50"'],
    ['a probe that is none', { tcpKeepalive: { probes: 0 } }, '\'connection.tcpKeepalive.probes\' must be a whole number from 1'],
    ['a misspelt probe', { tcpKeepalive: { probe: 1 } }, '\'probe\' is not a property of \'connection.tcpKeepalive\''],
    ['more than all endpoints', { outlierDetection: { maxEjectionPercent: 101 } }, '\'connection.outlierDetection.maxEjectionPercent\' must be a whole number of percent from 0 to 100, got 101'],
    ['less than none', { outlierDetection: { maxEjectionPercent: -1 } }, '\'connection.outlierDetection.maxEjectionPercent\' must be a whole number of percent from 0 to 100, got -1'],
    ['half a percent', { outlierDetection: { maxEjectionPercent: 0.5 } }, '\'connection.outlierDetection.maxEjectionPercent\' must be a whole number of percent from 0 to 100, got 0.5'],
  ])('%s', (_, connection, message) => {
    expect(messageOf(() => manifestsWith(connection as ConnectionSettings))).toContain(`[test/Db] ${message}`);
  });

  test('for a wildcard, because they would hold for the other services of its domain', () => {
    const make = () => synth(chart => new ExternalService(chart, 'Db', {
      hosts: ['*.example.com'], ports: [{ number: 443, protocol: Protocol.TLS }], resolution: Resolution.none(), connection: { maxConnections: 1 },
    }));

    expect(messageOf(make)).toBe('[test/Db] \'connection\' of the wildcard "*.example.com" would hold for every other service of that domain as well: name the hosts that it is for');
  });

  const outlierDetection = { consecutiveErrors: 3 };

  test.each([['direct', false], ['routed', true]])('a choice between endpoints where there is one: %s', (_, routed) => {
    expect(messageOf(() => manifestsWith({ outlierDetection }, { routed }))).toContain('[test/Db] \'outlierDetection\' has no effect, because the proxy has one endpoint at a time');
  });

  test('an idle time of a routed service that its sidecar does not wait for', () => {
    const hour = { idleTimeout: Duration.hours(1) };
    const longer = { idleTimeout: Duration.minutes(61) };

    expect(messageOf(() => manifestsWith(longer, { routed: true }))).toContain('[test/Db] \'idleTimeout\' 3660s is longer than the hour after which the client\'s sidecar closes');
    expect(() => manifestsWith(hour, { routed: true })).not.toThrow();
    expect(() => manifestsWith(longer)).not.toThrow();
    expect(() => manifestsWith(longer, { routed: true, ports: [{ number: 80, protocol: Protocol.HTTP }] })).not.toThrow();
  });
});

describe('a preset', () => {
  test('for pools of drivers asks idle connections before a load balancer forgets them', () => {
    expect(policyOf(ConnectionPresets.driverPool(), { resolution: Resolution.dnsRoundRobin() })).toEqual({
      connectionPool: { tcp: { tcpKeepalive: { probes: 4, time: '120s', interval: '30s' } } },
    });
  });

  test('for a database that moves with its name ends connections as well, and can be added to', () => {
    expect(policyOf({ ...ConnectionPresets.failoverByDns(), maxConnections: 9 }, { resolution: Resolution.dnsRoundRobin() })).toEqual({
      connectionPool: { tcp: { tcpKeepalive: { probes: 4, time: '120s', interval: '30s' }, maxConnectionDuration: '1800s', maxConnections: 9 } },
    });
  });
});
