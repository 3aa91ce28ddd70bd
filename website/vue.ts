/** Prose as Vue shows it unread: outside of code, `<` would be its own, but for the few tags that our documents use. */
export function proseForVue(text: string): string {
  return text.split(/(`[^`]*`)/).map(part => (part.startsWith('`') ? part : part.replace(/<(?!!--|\/?(br|img|a|sub|sup)\b)/g, '&lt;'))).join('');
}

/** What is used of markdown-it. */
interface Token {
  readonly content: string;
  attrSet(name: string, value: string): void;
}

type Rule = (tokens: readonly Token[], index: number, ...more: readonly unknown[]) => string;

export interface Markdown {
  readonly renderer: { readonly rules: { text?: Rule; code_inline?: Rule } };
}

/** Has Vue leave `{{` alone, which would be its own in prose and in inline code; in blocks of code VitePress sees to it. */
export function withoutInterpolation({ renderer: { rules } }: Markdown): void {
  const { text, code_inline: code } = rules;
  rules.text = (...args) => text!(...args).replace(/\{\{/g, '&#123;&#123;');
  rules.code_inline = (tokens, index, ...more) => {
    tokens[index].attrSet('v-pre', '');
    return code!(tokens, index, ...more);
  };
}
