import type { Component } from '../../core/catalog/schema.ts'
import type { Guess } from './andon.ts'

/** What names a component stands at the beginning; to look through megabytes would keep everybody waiting. */
const lookedAtChars = 4_000

/**
 * Which component a pull is about: from its words, else from what is open. Pure. Never picks one of several: where the words name
 * two, the one of them that is broken is meant; else the one that is named by its id, since titles are also plain words; else
 * nobody knows.
 */
export function guessComponent(
  text: string,
  components: readonly Component[],
  openIncidents: readonly { component: string }[],
): Guess | null {
  const said = plain(text.slice(0, lookedAtChars))
  const broken = new Set(openIncidents.map(({ component }) => component))
  const named = namedIn(said, components)
  if (named.size > 0) {
    const ids = [...named.keys()]
    const meant = theOnly(ids) ?? theOnly(ids.filter((id) => broken.has(id)))
    const exact = ids.some((id) => broken.has(id)) ? null : theOnly(ids.filter((id) => named.get(id) === 'id'))
    const id = meant ?? exact
    return id === null ? null : { id, by: 'words' }
  }
  const [only] = broken
  return broken.size === 1 && only !== undefined ? { id: only, by: 'alerts' } : null
}

const theOnly = (ids: readonly string[]): string | null => (ids.length === 1 ? (ids[0] as string) : null)

type By = 'id' | 'title'

interface Place {
  id: string
  by: By
  from: number
  to: number
}

/** Components that are named, each once, and how. A name within a longer name (`core` in `core-db`) does not count. */
function namedIn(said: string, components: readonly Component[]): Map<string, By> {
  const places = components.flatMap((component) =>
    namesOf(component).flatMap(([name, by]) => placesOf(said, name, { id: component.id, by })),
  )
  const free = places.filter(
    ({ id, from, to }) =>
      !places.some((other) => other.id !== id && other.from <= from && to <= other.to && other.to - other.from > to - from),
  )
  // Titles first, so that an id has the last word.
  return new Map(free.sort((a, b) => Number(a.by === 'id') - Number(b.by === 'id')).map(({ id, by }) => [id, by]))
}

const plain = (text: string) => text.normalize('NFKC').toLowerCase()

function namesOf({ id, title, members }: Component): [string, By][] {
  const ids = [id, ...members.map((member) => member.id)].map((name): [string, By] => [plain(name), 'id'])
  return [...ids, [plain(title), 'title'] satisfies [string, By]].filter(([name]) => name.trim().length >= 2) as [string, By][]
}

/** A name counts as a word of its own, except where words have no gaps. */
function placesOf(said: string, name: string, of: Pick<Place, 'id' | 'by'>): Place[] {
  const places: Place[] = []
  for (let from = said.indexOf(name); from >= 0; from = said.indexOf(name, from + 1)) {
    const to = from + name.length
    if (!gapless(name[0], said[from - 1]) && !gapless(name.at(-1), said[to])) places.push({ ...of, from, to })
  }
  return places
}

/** Two letters that make one word: both of a script that sets gaps between words. */
const gapless = (a: string | undefined, b: string | undefined) => a !== undefined && b !== undefined && spaced.test(a) && spaced.test(b)
const spaced = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}]/u
