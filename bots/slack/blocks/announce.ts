import type { KnownBlock } from '@slack/types'
import type { Andon } from '../../andon/andon.ts'
import { wordsOf } from '../../andon/words.ts'
import { line, link, quote } from './escape.ts'
import { type BlockEnv, type Rendered, slackForm, titleOf, who } from './form.ts'
import { actions, button, context, section } from './parts.ts'

/**
 * What everybody reads where pulls are announced: short, changed as it goes on. `channel`: id of its room, which Slack shows by its
 * name; without one, `andon.room` is named.
 */
export function announceOf(andon: Andon, env: BlockEnv & { channel?: string | null }): Rendered {
  const { locale } = env
  const words = wordsOf(locale)
  const form = slackForm(locale)
  const { state } = andon
  const title = line(titleOf(andon, locale), 200)
  const by = form.name(andon.pulledBy)
  const end =
    state.status === 'resolved'
      ? [
          state.mergedInto === null
            ? `✅ ${line(state.how, 500)} — ${who(state.by, env)}, ${words.card.lasted(form.span(state.at - andon.pulledAt))}`
            : words.card.mergedInto(`\`${state.mergedInto}\``),
        ]
      : [andon.roles.lead ? words.card.leader(form.name(andon.roles.lead.person)) : words.card.noLeader]
  const blocks: KnownBlock[] = [
    section([`*${title}*`, quote(andon.text, 1_200), ...end].join('\n')),
    context([by, form.moment(andon.pulledAt), placeOf(andon, env)].join(' · ')),
    ...(state.status === 'resolved' ? [] : [actions([button('join', { id: andon.id }, locale)])]),
  ]
  return { text: `${title}: ${line(andon.text, 200)}`, blocks }
}

function placeOf({ room }: Andon, { locale, channel }: BlockEnv & { channel?: string | null }): string {
  const words = wordsOf(locale)
  if (room?.kind === 'thread') return words.pull.roomFailed
  if (channel && /^[CG][A-Z0-9]+$/.test(channel)) return `<#${channel}>`
  return room ? link(room.url, `#${room.name.replace(/^#/, '')}`) : words.pull.roomComes
}
