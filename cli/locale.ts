/** The language of whoever sits at the terminal, as the environment tells it; English unless it is Japanese. */
export function localeOf(env: Readonly<Record<string, string | undefined>>): 'en' | 'ja' {
  const told = [env.LC_ALL, env.LC_MESSAGES, env.LANG].find((value) => value !== undefined && value !== '') ?? ''
  return /^ja\b|^ja_/i.test(told) ? 'ja' : 'en'
}

/** The zone of whoever sits at the terminal (IANA). */
export const zoneHere = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone
