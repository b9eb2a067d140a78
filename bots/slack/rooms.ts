import type { Andon, Lane } from '../andon/andon.ts'

/** Slack's limit of the name of a channel. */
const nameMax = 80
const wordMax = 30

/** `andon-1121-polaris-x3k9`, `andon-drill-1121-…`: lower case, digits and dashes, whatever the words were. */
export function roomNameOf(andon: Pick<Andon, 'id' | 'component' | 'text' | 'drill' | 'pulledAt'>, prefix: string): string {
  const date = new Date(andon.pulledAt).toISOString()
  return [
    prefix,
    ...(andon.drill ? ['drill'] : []),
    `${date.slice(5, 7)}${date.slice(8, 10)}`,
    ...wordOf(andon.component?.id ?? firstWord(andon.text)),
    andon.id.slice(-5),
  ]
    .join('-')
    .slice(0, nameMax)
}

/** `{room}-logs`; several lanes of a kind are numbered. */
export function laneRoomNameOf(andon: Andon, { id, kind }: Lane, prefix: string): string {
  const room = andon.room?.kind === 'room' ? andon.room.name.replace(/^#/, '') : roomNameOf(andon, prefix)
  const alike = andon.lanes.filter((lane) => lane.kind === kind)
  return numbered(`${room}-${kind}`.slice(0, nameMax), alike.findIndex((lane) => lane.id === id) + 1)
}

/** Another name, for the private room of what had one for everybody. */
export const hidden = (name: string): string => `${name.slice(0, nameMax - 2)}-p`

/** The same name again, with a number that keeps it within the limit. */
export const numbered = (name: string, n: number): string => (n < 2 ? name : `${name.slice(0, nameMax - 3)}-${n}`)

/** The first that reads as a word in Slack's alphabet; other scripts are left out. */
const firstWord = (text: string): string => /[a-z][a-z0-9_-]{2,}/.exec(fold(text))?.[0] ?? ''

const wordOf = (word: string): string[] => {
  const plain = fold(word)
    .replace(/[^a-z0-9_-]+/g, '-')
    .slice(0, wordMax)
    .replace(/^-+|-+$/g, '')
  return plain ? [plain] : []
}

/** Letters without their marks, wide ones made narrow. */
const fold = (text: string) => text.slice(0, 400).normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
