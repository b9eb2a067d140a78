/**
 * Cuts what must never stand on a timeline, in a log or in a chat: tokens, keys, signatures, and personal data of customers.
 * Rather too much than too little: what was cut is named, so that a reader knows that something stood there.
 */
const rules: readonly [what: string, pattern: RegExp][] = [
  ['private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g],
  ['Slack token', /\bx(?:ox[abeprs]|app)-[A-Za-z0-9-]{8,}/g],
  ['Slack URL', /https:\/\/hooks\.slack\.com\/\S+/g],
  ['AWS key', /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g],
  ['GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})/g],
  ['JWT', /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g],
  ['token', /\b(?:bearer|basic)\s+[\w.~+/=-]{12,}/gi],
  ['secret', /\b(?:pass(?:word|wd)?|secret|token|api[-_]?key|signature|sig)\b\s*[:=]\s*("[^"]*"|'[^']*'|[^\s,;&]+)/gi],
  ['password', /(?<=:\/\/[^\s:/@]{1,64}:)[^\s:/@]{1,128}(?=@)/g],
  ['e-mail address', /\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63})+\b/g],
  ['card number', /\b(?:\d[ -]?){12,15}\d\b(?=\D|$)/g],
  ['phone number', /(?<![\w.])\+\d[\d ().-]{7,17}\d\b/g],
]

export function scrub(text: string): string {
  let cut = text
  for (const [what, pattern] of rules) cut = cut.replace(pattern, `[${what} cut]`)
  return cut
}
