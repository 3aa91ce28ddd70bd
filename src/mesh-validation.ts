import * as fs from 'node:fs';
import { fixFor, Found, lookAt } from './findings/findings-in';
import { rulesInFiles } from './findings/rules-file';
import { checkBoolean, checkList, checkProps, checkString } from './private/check';
import { isDate } from './private/date';
import { DEFAULT_FACTS, factsOver } from './private/default-facts';
import { Fail, failWith, quote } from './private/fail';
import { MeshModel } from './private/model';
import { CATALOGUE } from './rules/catalogue';
import { Fix } from './rules/rule';
import { checkFacts, factsModel } from './values/mesh-facts';
import { fieldText } from './view/fields';
import { MeshView } from './view/mesh-view';

/** What cdk8s-cli gives a plugin, as far as it is used here: its package is not one of this library's. */
interface Context {
  readonly manifests: readonly string[];
  readonly report: {
    addViolation(violation: {
      readonly ruleName: string;
      readonly recommendation: string;
      readonly fix: string;
      readonly violatingResources: readonly { readonly resourceName: string; readonly locations: readonly string[]; readonly manifestPath: string }[];
    }): void;
    submit(status: 'success' | 'failure', metadata?: { readonly [key: string]: string }): void;
  };
  readonly logger: { log(message: string): void };
}

interface Settings {
  readonly mesh?: object;
  readonly rules?: readonly string[];
  readonly strict?: boolean;
  readonly today?: string;
}

const SETTINGS = {
  mesh: (fail: Fail, _: string, value: unknown) => checkFacts(fail, '\'mesh\'', value),
  rules: checkList(checkString, '"./rules.js"'),
  strict: checkBoolean,
  today: (fail: Fail, property: string, value: unknown) => {
    if (typeof value !== 'string' || !isDate(value)) {
      fail(`'${property}' must be a day like "2027-01-31" in quotation marks, got ${quote(value)}`);
    }
  },
};

/**
 * The validation plugin for `cdk8s-cli`: looks at the manifests that `cdk8s synth` has written with every rule, errors and warnings, and fails on an error. It
 * sees what the app sees, and manifests of apps in other languages or without a construct of this library.
 *
 * In `cdk8s.yaml`:
 *
 * - `package: cdk8s-istio-egress`, `version`: that of the package, `class: MeshValidation`
 * - `properties.mesh`: facts of the mesh, as `Mesh.declare()` takes them; its defaults are those of `Mesh.declare()`
 * - `properties.rules`: files of JavaScript, each with a list of rules of your organisation (`IMeshRule`)
 * - `properties.strict`: `true` to fail on a warning, too
 * - `properties.today`: the day by which dependencies are judged, in quotation marks
 *
 * @example
 * // What the properties of cdk8s.yaml become.
 * new MeshValidation({ mesh: { outboundTrafficPolicy: 'REGISTRY_ONLY' }, rules: ['./rules.js'], strict: true });
 *
 * @see https://istio.io/latest/docs/ops/diagnostic-tools/istioctl-analyze/
 */
export class MeshValidation {
  private readonly settings: Settings;
  private readonly facts: MeshModel;

  /**
   * @param properties the `properties` of `cdk8s.yaml`
   * @throws for a property that it does not have, or a value that cannot be right
   */
  public constructor(properties: { [property: string]: any } = {}) {
    checkProps(failWith('MeshValidation'), '\'properties\' of MeshValidation', properties, SETTINGS);
    this.settings = properties;
    this.facts = factsOver(DEFAULT_FACTS, factsModel(this.settings.mesh ?? {}));
  }

  /**
   * Called by `cdk8s-cli`.
   *
   * @param context the `ValidationContext` of `cdk8s-cli`
   * @throws for a file of rules that has none
   */
  public async validate(context: any): Promise<void> {
    const { manifests, report, logger } = context as Context;
    // An app that only synthesises does not read YAML.
    /* eslint-disable @typescript-eslint/no-require-imports */
    const { readManifests } = require('./reading/manifests') as typeof import('./reading/manifests');
    const { lineOf } = require('./reading/file-object') as typeof import('./reading/file-object');
    /* eslint-enable @typescript-eslint/no-require-imports */
    const { objects, problems } = readManifests(manifests.map(file => ({ file, text: fs.readFileSync(file, 'utf8'), isNamed: false })));
    const rules = [...CATALOGUE, ...rulesInFiles(this.settings.rules ?? [])];
    const { found, faults } = lookAt(new MeshView(this.facts, objects, this.settings.today), rules);
    for (const { file, line, message } of problems) {
      report.addViolation({
        ruleName: 'ERROR manifest-unreadable',
        recommendation: message,
        fix: 'correct the file',
        violatingResources: [{ resourceName: file, locations: [`line ${line ?? 1}`], manifestPath: file }],
      });
    }
    for (const { rule, error } of faults) {
      const fix = 'mend the rule, or report it when it is one of the library';
      report.addViolation({ ruleName: `ERROR ${rule.id} ${rule.name}`, recommendation: error.message, fix, violatingResources: [] });
    }
    const open = found.filter(({ acknowledged }) => acknowledged === undefined);
    open.forEach(finding => report.addViolation(violationOf(finding, lineOf(finding.object, finding.field))));
    const accepted = found.filter(({ acknowledged }) => acknowledged !== undefined);
    accepted.forEach(({ rule, object, acknowledged }) => logger.log(`acknowledged: ${rule.id} ${rule.name} of ${object.kind} ${object.name}: ${acknowledged}`));
    const count = (severity: string) => open.filter(({ rule }) => rule.severity === severity).length;
    const [errors, warnings] = [count('ERROR'), count('WARNING')];
    const fails = errors + problems.length + faults.length > 0 || (this.settings.strict === true && warnings > 0);
    report.submit(fails ? 'failure' : 'success', { errors: `${errors}`, warnings: `${warnings}`, acknowledged: `${accepted.length}` });
  }
}

function violationOf({ rule, object, message, fix, field = [] }: Found, line = 1) {
  return {
    ruleName: `${rule.severity} ${rule.id} ${rule.name}`,
    recommendation: message,
    fix: inBothWords(fix),
    violatingResources: [{
      resourceName: object.name,
      locations: [[`line ${line}`, object.kind, ...field.length > 0 ? [fieldText(field)] : []].join(' ')],
      manifestPath: object.origin.file ?? object.origin.path,
    }],
  };
}

/** Nothing in a manifest says whether a construct of this library wrote it. */
function inBothWords(fix: Fix): string {
  const [code, yaml] = [fixFor('code', fix), fixFor('yaml', fix)];
  return code === yaml ? code : `${code}; of an object of another tool: ${yaml}`;
}
