import { en } from './en.ts'
import { ja } from './ja.ts'

export type Locale = 'en' | 'ja'
export type WordKey = keyof typeof en
export type Values = Record<string, string | number>
export type Say = (key: WordKey, values?: Values) => string

export const dictionaries: Record<Locale, Record<WordKey, string>> = { en, ja }

export const sayIn =
  (locale: Locale): Say =>
  (key, values = {}) =>
    fill(dictionaries[locale][key], values)

/** `{n}` is the value; `{n|member|members}` is the first form for 1 and the second for all else. */
export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (_, name: string, one?: string, many?: string) => {
    const value = values[name] ?? ''
    return many === undefined ? String(value) : value === 1 ? (one as string) : many
  })
}

/** The word for something that the API names, or its own name when it is not one of ours (an own runbook, a new kind of event). */
export function wordFor(say: Say, group: string, name: string, values?: Values): string {
  const key = `${group}.${name}`
  return key in en ? say(key as WordKey, values) : name
}

export const failureWord = (say: Say, failure: string | null) => wordFor(say, 'failure', failure ?? 'unknown')

export const localeOf = (languages: readonly string[]): Locale =>
  languages.find((one) => /^(en|ja)\b/.test(one))?.startsWith('ja') ? 'ja' : 'en'

/** `polaris` reads `Polaris` in a sentence. */
export const nameOf = (id: string) => id.charAt(0).toUpperCase() + id.slice(1)
