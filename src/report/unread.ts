import { Problem } from '../reading/problem';

/** That a report is without some of its input; undefined when everything was read. */
export function unreadText(unread: readonly Problem[], what = 'this report is without them'): string | undefined {
  return unread.length === 0 ? undefined : unread.length === 1 ? `1 part of the input could not be read, and ${what.replace('without them', 'without it')}`
    : `${unread.length} parts of the input could not be read, and ${what}`;
}

export function problemText({ file, line, message }: Problem): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${message}`;
}
