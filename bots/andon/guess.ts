import type { Component } from '../../core/catalog/schema.ts'
import type { Guess } from './andon.ts'

/** What names a component stands at the beginning; to look through megabytes would keep everybody waiting. */
const lookedAtChars = 4_000

/**
 * Which component a pull is about: from its words, else from what is open. Pure. Never picks one of several: where the words name
 * two, the one of them that is broken is meant, or nobody knows.
 */
export function guessComponent(
  text: string,
  components: readonly Component[],
  openIncidents: readonly { component: string }[],
): Guess | null {
  const said = plain(text.slice(0, lookedAtChars))
  const broken = new Set(openIncidents.map(({ component }) => component))
  const named = namedIn(said, components)
  const [meant, ...others] = named.size > 1 ? [...named].filter((id) => broken.has(id)) : named
  if (named.size > 0) return meant !== undefined && others.length === 0 ? { id: meant, by: 'words' } : null
  const [only] = broken
  return broken.size === 1 && only !== undefined ? { id: only, by: 'alerts' } : null
}

interface Place {
  id: string
  from: number
  to: number
}

/** Components that are named, each once. A name within a longer name (`core` in `core-db`) does not count. */
function namedIn(said: string, components: readonly Component[]): Set<string> {
  const places = components.flatMap((component) => namesOf(component).flatMap((name) => placesOf(said, name, component.id)))
  const free = places.filter(
    ({ id, from, to }) =>
      !places.some((other) => other.id !== id && other.from <= from && to <= other.to && other.to - other.from > to - from),
  )
  return new Set(free.map(({ id }) => id))
}

const plain = (text: string) => text.normalize('NFKC').toLowerCase()

const namesOf = ({ id, title, members }: Component) =>
  [id, title, ...members.map((member) => member.id)].map(plain).filter((name) => name.trim().length >= 2)

/** A name counts as a word of its own, except where words have no gaps. */
function placesOf(said: string, name: string, id: string): Place[] {
  const places: Place[] = []
  for (let from = said.indexOf(name); from >= 0; from = said.indexOf(name, from + 1)) {
    const to = from + name.length
    if (!gapless(name[0], said[from - 1]) && !gapless(name.at(-1), said[to])) places.push({ id, from, to })
  }
  return places
}

/** Two letters that make one word: both of a script that sets gaps between words. */
const gapless = (a: string | undefined, b: string | undefined) => a !== undefined && b !== undefined && spaced.test(a) && spaced.test(b)
const spaced = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}]/u
