/**
 * Cuts what must never stand on a timeline, in a log or in a chat: tokens, keys, signatures, and personal data of customers.
 * Rather too much than too little: what was cut is named, so that a reader knows that something stood there. Time is linear in
 * the length of the text: every repetition has a bound, or stops where another begins.
 */
const rules: readonly (readonly [what: string, pattern: RegExp, only?: (found: string) => boolean])[] = [
  ['private key', /-----BEGIN [A-Z ]{0,40}PRIVATE KEY[A-Z ]{0,20}-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY[A-Z ]{0,20}-----|$)/g],
  ['Slack token', /\bx(?:ox[abeprs]|app)-[A-Za-z0-9-]{8,}/g],
  ['Slack URL', /https:\/\/hooks\.slack\.com\/\S+/g],
  ['AWS key', /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g],
  ['GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})/g],
  ['API key', /\b(?:glpat-[\w-]{16,}|npm_[A-Za-z0-9]{30,}|AIza[\w-]{30,}|[rs]k_(?:live|test)_\w{10,}|sk-[\w-]{20,})/g],
  ['JWT', /\beyJ[\w-]{8,4096}\.[\w-]{8,4096}\.[\w-]*/g],
  // A capital or a digit makes it a token: "bearer establishment" is what a network does.
  ['token', /\b(?:[Bb]earer|BEARER|[Bb]asic|BASIC)\s{1,4}(?=[a-z.~+/=-]{0,200}[A-Z\d_])[\w.~+/=-]{12,}/g],
  [
    'secret',
    /(?:\b[\w.-]{0,40}(?:pass(?:word|wd|phrase)|pwd|secret|token|credential|signature|(?:api|private|access)[-_]?key)(?:[-_](?:access[-_])?key)?|\b(?:sig|cookie)|\bpass(?==)|パスワード|トークン|シークレット)\\?["'”’]?\s{0,4}(?:=>|[:=：＝]{1,2})\s{0,4}(?:\[[\w -]{1,24} cut\]|"[^"\n]{0,200}(?:"|$)|'[^'\n]{0,200}(?:'|$)|[^\s,;&]+)/gi,
  ],
  ['password', /(?<=:\/\/[^\s:/@]{0,64}:)[^\s:/@]{1,128}(?=@)/g],
  ['e-mail address', /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+\b/g],
  ['card number', /(?<![\w-])\d{4}([ -])\d{4}\1\d{4}\1\d{2,4}(?![\w-])|(?<![\w-])\d{4}([ -])\d{6}\2\d{4,5}(?![\w-])/g, luhn],
  // Of a card, or of a subscriber (IMSI, IMEI, ICCID). Shorter ones are times.
  ['long number', /(?<![\w.])\d{14,20}(?![\w.]*\w)/g],
  ['phone number', /(?<![\w.])\+\d[\d ().-]{7,17}\d\b/g],
  ['phone number', /(?<![\w.-])(?:0\d{1,4}-\d{1,4}-\d{3,4}|0[789]0\d{8})(?![\w-])/g, (found) => [10, 11].includes(digits(found).length)],
]

export function scrub(text: string): string {
  return rules.reduce((cut, [what, pattern, only]) => {
    const mask = `[${what} cut]`
    return only ? replaceIf(cut, pattern, mask, only) : cut.replace(pattern, mask)
  }, text)
}

/** What is found and does not count hides nothing that begins within it. */
function replaceIf(text: string, pattern: RegExp, mask: string, only: (found: string) => boolean): string {
  let cut = ''
  let done = 0
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    if (only(match[0])) {
      cut += text.slice(done, match.index) + mask
      done = pattern.lastIndex
    } else pattern.lastIndex = match.index + 1
  }
  return cut + text.slice(done)
}

const digits = (text: string) => text.replace(/\D/g, '')

/** The check digit of cards; a list of numbers in fours has it by chance once in ten. */
function luhn(text: string): boolean {
  const sum = [...digits(text)].reverse().reduce((total, digit, n) => {
    const value = Number(digit) * (n % 2 === 1 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}
