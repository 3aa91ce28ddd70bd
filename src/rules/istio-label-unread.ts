import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { nearest } from '../private/nearest';
import { isSlipOf } from '../private/slip-table';
import { DATAPLANE_MODE, INJECT, INJECTION, ISTIO_NAMES, ISTIO_NAMES_OF_PODS, REVISION } from '../view/istio-labels';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { PodTemplate } from '../view/pod-template';

/** How many letters may be wrong behind the name of Istio. */
const MOST_SLIPS = 2;

/** The values of labels that mean something. */
const VALUES = { [INJECTION]: ['enabled', 'disabled'], [INJECT]: ['true', 'false'], [DATAPLANE_MODE]: ['ambient', 'none'] };

/** What people write at a Namespace in place of its two labels, too far from them to be a slip. */
const OTHER_FORMS: { readonly [name: string]: typeof INJECTION | typeof REVISION } = {
  'istio.injection': INJECTION, 'istio-inject': INJECTION, 'istio.io/inject': INJECTION, 'istio.io/injection': INJECTION, 'istio.io/revision': REVISION,
};

export const istioLabelUnread: Rule = {
  id: 'MX0107',
  name: 'istio-label-unread',
  severity: 'WARNING',
  title: 'A label or annotation of Istio is misspelt, has a value that says nothing, or stands where Istio does not read it.',
  why: 'Kubernetes takes any label and any annotation. The setting has no effect: pods have no sidecar although their namespace seems to ask for one, or ports pass the sidecar or do not.',
  fix: 'Correct the name or the value. `istio-injection` is a label of a Namespace, with the value `enabled` or `disabled`; what is for pods belongs into the metadata of their template.',
  related: ['IST0107', 'IST0108', 'IST0123'],
  check: view => {
    const names = new Names();
    const templates = templatesOf(view);
    return [
      ...view.objects.flatMap(object => misspelt(object, object, ['metadata'], names)),
      ...templates.flatMap(pod => misspelt(pod.object, pod, metadataOf(pod.field), names)),
      ...view.objects.flatMap(injectionElsewhere),
      ...templates.flatMap(besideTheTemplate),
      ...view.pods.flatMap(inPods),
      ...view.of('', 'Namespace').flatMap(atNamespace),
      ...view.of('', 'Namespace').flatMap(inOtherForms),
    ];
  },
};

/** Names of labels and annotations: few of them are on thousands of objects. */
class Names {
  private readonly meant = new Map<string, string | undefined>();

  /** The name of Istio's that somebody misspelt. */
  public meantBy(name: string): string | undefined {
    if (!this.meant.has(name)) {
      this.meant.set(name, ISTIO_NAMES.has(name) ? undefined : meantBy(name));
    }
    return this.meant.get(name);
  }
}

/** The name of Istio's that is near; `istio-injection` has no domain that shows whose it is, so that one letter alone may be wrong, or how its words are joined. */
function meantBy(name: string): string | undefined {
  return nearest(name, PREFIXED, () => MOST_SLIPS)
    ?? (isSlipOf(name, INJECTION) || name.toLowerCase().replace(/_/g, '-') === INJECTION ? INJECTION : undefined);
}

const PREFIXED = [...ISTIO_NAMES].filter(name => name !== INJECTION);

/** Those of workloads; a Pod has its labels at its top. */
function templatesOf(view: MeshView): PodTemplate[] {
  return view.pods.filter(({ field }) => field.length > 1);
}

function metadataOf(field: PodTemplate['field']): PodTemplate['field'] {
  return [...field.slice(0, -1), 'metadata'];
}

function misspelt(object: MeshObject, metadata: Pick<MeshObject, 'labels' | 'annotations'>, at: PodTemplate['field'], names: Names): Finding[] {
  const found: Finding[] = [];
  for (const part of ['labels', 'annotations'] as const) {
    for (const name of Object.keys(metadata[part])) {
      const meant = names.meantBy(name);
      if (meant !== undefined) {
        found.push({
          object,
          field: [...at, part, name],
          message: `${quote(name)} is no ${part === 'labels' ? 'label' : 'annotation'} of Istio, and has no effect`,
          fix: `did you mean ${quote(meant)}?`,
        });
      }
    }
  }
  return found;
}

/** The label for injection where it is none, or says nothing. */
function injectionElsewhere(object: MeshObject): Finding[] {
  const { kind, group, labels, annotations } = object;
  const isNamespace = group === '' && kind === 'Namespace';
  const value = labels[INJECTION];
  if (isNamespace && value !== undefined && !VALUES[INJECTION].includes(value)) {
    return [{
      object,
      field: ['metadata', 'labels', INJECTION],
      message: `${quote(INJECTION)} is ${quote(value)}: istiod adds no sidecar to the pods of this namespace`,
      fix: `write ${VALUES[INJECTION].map(quote).join(' or ')}`,
    }];
  }
  const part = annotations[INJECTION] !== undefined && value === undefined ? 'annotations' : !isNamespace && value !== undefined ? 'labels' : undefined;
  return part === undefined ? [] : [{
    object,
    field: ['metadata', part, INJECTION],
    message: `${quote(INJECTION)} is a label of a Namespace, and has no effect as ${part === 'labels' ? 'one' : 'an annotation'} of a ${kind}`,
    fix: isNamespace ? 'write it in \'metadata.labels\'' : 'write it at the Namespace; "sidecar.istio.io/inject" is that of a pod, in its template',
  }];
}

/** What is for pods, at what makes them alone. */
function besideTheTemplate({ object, labels, annotations, field }: PodTemplate): Finding[] {
  return ofPods(object).filter(({ name }) => labels[name] === undefined && annotations[name] === undefined).map(({ part, name }): Finding => ({
    object,
    field: ['metadata', part, name],
    message: `${quote(name)} is read of pods, and has no effect at the ${object.kind} that makes them`,
    fix: `write it in '${metadataOf(field).join('.')}.${part}'`,
  }));
}

/** In a pod, or in its template: the label of a namespace, an annotation that was written as a label, and values that say nothing. */
function inPods({ object, labels, annotations, field }: PodTemplate): Finding[] {
  const at = metadataOf(field);
  const misplaced = Object.keys(labels).filter(name => name !== INJECT && ISTIO_NAMES_OF_PODS.has(name)).map((name): Finding => ({
    object,
    field: [...at, 'labels', name],
    message: `${quote(name)} is an annotation, and has no effect as a label`,
    fix: `write it in '${at.join('.')}.annotations'`,
  }));
  const ofNamespace = field.length > 1 && labels[INJECTION] !== undefined ? [{
    object,
    field: [...at, 'labels', INJECTION],
    message: `${quote(INJECTION)} is a label of a Namespace, and has no effect at pods`,
    fix: `write the label ${quote(INJECT)}, with ${VALUES[INJECT].map(quote).join(' or ')}`,
  }] : [];
  const asked = labels[INJECT] === undefined ? 'annotations' : 'labels';
  return [
    ...misplaced, ...ofNamespace,
    ...withoutMeaning(object, [...at, asked], INJECT, { labels, annotations }[asked][INJECT], 'istiod goes by the namespace'),
    ...withoutMeaning(object, [...at, 'labels'], DATAPLANE_MODE, labels[DATAPLANE_MODE], 'ztunnel does not take the connections of the pods'),
  ];
}

function withoutMeaning(
  object: MeshObject, at: readonly (string | number)[], name: keyof typeof VALUES, value: string | undefined, effect: string,
): Finding[] {
  // An empty one is as good as none.
  return value === undefined || value === '' || VALUES[name].includes(value) ? [] : [{
    object, field: [...at, name], message: `${quote(name)} is ${quote(value)}: ${effect}`, fix: `write ${VALUES[name].map(quote).join(' or ')}`,
  }];
}

/** What is for pods, at their namespace; two labels of which one alone is read; labels that were written as annotations. */
function atNamespace(object: MeshObject): Finding[] {
  const { labels, annotations } = object;
  return [
    ...ofPods(object).map(({ part, name }): Finding => ({
      object,
      field: ['metadata', part, name],
      message: `${quote(name)} is read of pods, and has no effect at a Namespace`,
      fix: name === INJECT ? `write the label ${quote(INJECTION)}, with ${VALUES[INJECTION].map(quote).join(' or ')}` : `write it in 'metadata.${part}' of the template of the pods`,
    })),
    ...labels[INJECTION] === undefined || labels[REVISION] === undefined ? [] : [{
      object,
      field: ['metadata', 'labels', REVISION],
      message: `${quote(REVISION)} is not read beside ${quote(INJECTION)}: ${labels[INJECTION] === 'enabled' ? 'pods get the sidecar of the default revision' : 'pods get no sidecar'}`,
      fix: `remove ${quote(INJECTION)}, or ${quote(REVISION)}`,
    }],
    ...[REVISION, DATAPLANE_MODE].filter(name => annotations[name] !== undefined && labels[name] === undefined).map((name): Finding => ({
      object, field: ['metadata', 'annotations', name], message: `${quote(name)} is a label, and has no effect as an annotation`, fix: 'write it in \'metadata.labels\'',
    })),
    ...withoutMeaning(object, ['metadata', 'labels'], DATAPLANE_MODE, labels[DATAPLANE_MODE], 'ztunnel does not take the connections of this namespace'),
  ];
}

/** Beside a right label, and with other values than injection has, a label outside of Istio's domain is somebody else's. */
function inOtherForms(object: MeshObject): Finding[] {
  const { labels } = object;
  const isAsked = labels[INJECTION] !== undefined || labels[REVISION] !== undefined;
  const isOfIstio = (name: string, value: string) => name.startsWith('istio.io/') || [...VALUES[INJECTION], ...VALUES[INJECT]].includes(value);
  const written = isAsked ? [] : Object.entries(labels).filter(([name, value]) => Object.hasOwn(OTHER_FORMS, name) && isOfIstio(name, value));
  return written.map(([name, value]): Finding => {
    const meant = OTHER_FORMS[name];
    const values = meant === REVISION || VALUES[INJECTION].includes(value) ? '' : `, with ${VALUES[INJECTION].map(quote).join(' or ')}`;
    return {
      object, field: ['metadata', 'labels', name], message: `${quote(name)} is no label of Istio, and has no effect`, fix: `did you mean ${quote(meant)}${values}?`,
    };
  });
}

function ofPods(object: MeshObject): { readonly part: 'labels' | 'annotations'; readonly name: string }[] {
  return (['labels', 'annotations'] as const).flatMap(part => Object.keys(object[part]).filter(name => ISTIO_NAMES_OF_PODS.has(name)).map(name => ({ part, name })));
}
