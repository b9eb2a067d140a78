import type { Component } from '../../core/catalog/schema.ts'
import type { Guess } from './andon.ts'

/** Which component a pull is about: from its words, else from what is open. Pure. Two that fit equally well are none. */
export function guessComponent(text: string, components: readonly Component[], openIncidents: readonly { component: string }[]): Guess | null {
  const said = ` ${text.toLowerCase().normalize('NFKC')} `
  const named = components
    .map((component) => ({ id: component.id, weight: Math.max(...namesOf(component).map((name) => weigh(said, name))) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
  const [best, second] = named
  if (best && best.weight > (second?.weight ?? 0)) return { id: best.id, by: 'words' }
  const broken = new Set(openIncidents.map(({ component }) => component))
  const [only] = broken
  return broken.size === 1 && only !== undefined ? { id: only, by: 'alerts' } : null
}

const namesOf = ({ id, title, members }: Component) => [id, title, ...members.map((member) => member.id)].filter((name) => name.length >= 2)

/** How many characters of the words name it; 0: they do not. A name counts as a word of its own, except where words have no gaps. */
function weigh(said: string, name: string): number {
  const wanted = name.toLowerCase().normalize('NFKC')
  for (let at = said.indexOf(wanted); at >= 0; at = said.indexOf(wanted, at + 1)) {
    const inside = (char: string | undefined) => char !== undefined && /[a-z0-9]/.test(char)
    if (!inside(said[at - 1]) && !inside(said[at + wanted.length])) return wanted.length
  }
  return 0
}
