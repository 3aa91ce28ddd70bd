import { Call, Code, CodeFields } from './code';
import { millisecondsOf } from './rule-shape';
import { Fields, record } from '../view/fields';

/** `connection` of a service: what a DestinationRule says of TCP connections and of endpoints that fail; undefined when it says nothing of them. */
export function connectionCode(policy: Fields): CodeFields | undefined {
  const { connectTimeout, maxConnections, tcpKeepalive, idleTimeout, maxConnectionDuration } = record(record(policy.connectionPool).tcp);
  const { probes, time, interval } = record(tcpKeepalive);
  const outliers = record(policy.outlierDetection);
  return given({
    connectTimeout: durationCode(connectTimeout),
    maxConnections: maxConnections as number | undefined,
    tcpKeepalive: given({ probes: probes as number | undefined, time: durationCode(time), interval: durationCode(interval) }),
    idleTimeout: durationCode(idleTimeout),
    maxConnectionDuration: durationCode(maxConnectionDuration),
    outlierDetection: given({
      consecutiveErrors: (outliers.consecutive5xxErrors ?? outliers.consecutiveLocalOriginFailures) as number | undefined,
      interval: durationCode(outliers.interval),
      baseEjectionTime: durationCode(outliers.baseEjectionTime),
      maxEjectionPercent: outliers.maxEjectionPercent as number | undefined,
    }),
  });
}

/** A duration in the largest unit that has it whole. */
function durationCode(value: unknown): Code | undefined {
  const ms = millisecondsOf(value);
  if (ms === undefined) {
    return undefined;
  }
  const [factory, amount] = ms % 3_600_000 === 0 ? ['hours', ms / 3_600_000] as const : ms % 60_000 === 0 ? ['minutes', ms / 60_000] as const
    : ms % 1000 === 0 ? ['seconds', ms / 1000] as const : ['millis', ms] as const;
  return new Call(`Duration.${factory}`, [amount]);
}

/** Fields that have a value; undefined when none has. */
export function given(fields: CodeFields): CodeFields | undefined {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
