/**
 * What people wrote, as they see it: Slack sends names, links and three signs in a form of its own. `nameOf` names somebody by their id.
 */
export function plainOf(text: string, nameOf: (slackId: string) => string): string {
  return text
    .replace(/<([^<>]*)>/g, (whole, inner: string) => readToken(inner, nameOf) ?? whole)
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

function readToken(inner: string, nameOf: (slackId: string) => string): string | null {
  const [what = '', label] = inner.split('|', 2)
  if (/^@[UW][A-Z0-9]+$/.test(what)) return `@${label || nameOf(what.slice(1))}`
  if (/^#[CG][A-Z0-9]+$/.test(what)) return `#${label || what.slice(1)}`
  if (what.startsWith('!')) return label ?? `@${what.slice(1).split('^')[0]}`
  if (/^(https?|mailto|tel):/.test(what)) return label && !what.endsWith(label) ? `${label} (${what})` : what.replace(/^(mailto|tel):/, '')
  return null
}

/** The Slack id that a text begins with (`<@U012|aki>`), and what follows. */
export function mentioned(text: string): { slack: string; rest: string } | null {
  const found = /^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>\s*/.exec(text)
  return found ? { slack: found[1] as string, rest: text.slice(found[0].length) } : null
}
