import type { KnownBlock } from '@slack/types'
import type { Actor, Andon, Locale } from '../../andon/andon.ts'
import { peopleIn } from '../../andon/here.ts'
import { peopleOf } from '../../andon/people.ts'
import { wordsOf } from '../../andon/words.ts'
import type { Surface } from '../define.ts'
import { summaryOf } from './card.ts'
import type { Rendered } from './form.ts'
import { button, context, divider, section } from './parts.ts'

const safe = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** How to use it, on half a screen. */
export function helpOf(locale: Locale): Rendered {
  const { help } = wordsOf(locale)
  const lines = help.lines.map(([command, what]) => `\`${safe(command)}\`  ${safe(what)}`)
  return {
    text: help.title,
    blocks: [
      section(`*${help.title}*`, button('pull', null, locale, { style: 'danger' })),
      section(lines.join('\n')),
      context([help.pin, help.lane, help.offline].map(safe).join('\n')),
    ],
  }
}

const listMax = 20

/** What a person may see: private ones only those that they have a part in. */
export const visible = (andons: readonly Andon[], actor: Actor): Andon[] =>
  andons.filter((andon) => !andon.private || peopleIn(andon).some(({ id }) => id === actor.id))

/** What is open, each with a button to say "I see it too". */
export async function listOf({ desk, catalog, clock }: Surface, actor: Actor): Promise<Rendered> {
  const { locale } = actor
  const words = wordsOf(locale)
  const open = visible(await desk.list({ open: true }, { limit: 200 }), actor)
  if (open.length === 0) return { text: words.errors.noOpen, blocks: [section(words.errors.noOpen)] }
  const env = { locale, now: clock.now(), people: peopleOf(catalog) }
  const blocks: KnownBlock[] = open
    .slice(0, listMax)
    .map((andon) => section(summaryOf(andon, env), button('join', { id: andon.id }, locale)))
  const more = open.length > listMax ? [context(words.card.more(open.length - listMax))] : []
  return { text: `${words.home.open}: ${open.length}`, blocks: [section(`*${words.home.open}*`), divider, ...blocks, ...more] }
}
