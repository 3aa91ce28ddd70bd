/** What the browser lets the page do that has the YAML of somebody. */
import { createHash } from 'node:crypto';

/** An inline script, of which the browser knows the hash. */
const INLINE = /<script(?![^>]*\ssrc=)[^>]*>([^]*?)<\/script>/g;

/**
 * Gives a page a policy, before anything that it loads: scripts and styles of the site, and nothing else. A worker from a `blob:` has the policy of the page that makes it;
 * one from a file would have that of its own response, which a site of files cannot give.
 */
export function withPolicy(html: string): string {
  const hashes = [...html.matchAll(INLINE)].map(([, script]) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  const policy = [
    'default-src \'none\'',
    `script-src 'self' ${[...new Set(hashes)].join(' ')}`.trim(),
    'style-src \'self\' \'unsafe-inline\'',
    'img-src data:',
    'connect-src \'none\'',
    'worker-src blob:',
    'frame-src \'none\'',
    'form-action \'none\'',
    'base-uri \'none\'',
  ].join('; ');
  return html.replace('<head>', `<head>\n    <meta http-equiv="Content-Security-Policy" content="${policy}">`);
}
