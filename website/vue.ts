/** Prose as Vue shows it unread: outside of code, `{{` and `<` would be its own, but for the few tags that our documents use. */
export function proseForVue(text: string): string {
  return text.split(/(`[^`]*`)/).map(part => (part.startsWith('`') ? part : part.replace(/\{\{/g, '&#123;&#123;').replace(/<(?!!--|\/?(br|img|a|sub|sup)\b)/g, '&lt;'))).join('');
}
