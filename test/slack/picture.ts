import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Block, Element, Fields, Message, View } from './types.ts'

/**
 * A page that shows messages and modals about as Slack would: for the pictures of the docs, and to look at what we built. It knows the
 * blocks that we use; what it does not know it names, so that nothing is hidden.
 */
export interface Scene {
  title: string
  subtitle?: string
  messages: readonly Message[]
  /** Names by user id. */
  names: ReadonlyMap<string, string>
  modal?: View
  /** IANA, of the times in it; UTC unless told. */
  zone?: string
}

/** As Slack writes the parts of a date for its reader. */
const dated = (format: string, seconds: number, zone: string) => {
  const at = new Date(seconds * 1_000)
  const part = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone }).format(at)
  return format
    .replace(/\{date\w*\}/g, () => part({ day: 'numeric', month: 'short', year: 'numeric' }))
    .replace('{time_secs}', () => part({ timeStyle: 'medium' }))
    .replace('{time}', () => part({ timeStyle: 'short' }))
}

const safe = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const emoji: Record<string, string> = {
  red_circle: '🔴',
  large_yellow_circle: '🟡',
  large_green_circle: '🟢',
  white_check_mark: '✅',
  rotating_light: '🚨',
  hourglass: '⌛',
  hourglass_flowing_sand: '⏳',
  pushpin: '📌',
  wave: '👋',
  speech_balloon: '💬',
  mag: '🔍',
  telephone_receiver: '📞',
  busts_in_silhouette: '👥',
  bell: '🔔',
  warning: '⚠️',
  memo: '📝',
  clap: '👏',
  sparkles: '✨',
  construction: '🚧',
  arrow_right: '➡️',
  large_blue_circle: '🔵',
  test_tube: '🧪',
} // prettier-ignore

const style = readFileSync(join(import.meta.dirname, 'picture.css'), 'utf8')

/** Slack's markup, as HTML. Its text is escaped already, by Slack's own rules. */
function markup(text: string, names: ReadonlyMap<string, string>, zone: string): string {
  return text
    .replace(
      /<!date\^(\d+)\^([^|>^]+)(?:\^[^|>]*)?\|([^>]*)>/g,
      (_, seconds, format) => `<time>${dated(format, Number(seconds), zone)}</time>`,
    )
    .replace(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g, (_, id) => `<span class=who>@${safe(names.get(id) ?? id)}</span>`)
    .replace(/<#([CG][A-Z0-9]+)(?:\|([^>]*))?>/g, (_, id, name) => `<span class=who>#${safe(name || (names.get(id) ?? id))}</span>`)
    .replace(/<(https?:[^|>]+)(?:\|([^>]*))?>/g, (_, url, label) => `<a href="#">${label || url}</a>`)
    .replace(/:([a-z_]+):/g, (whole, name) => emoji[name] ?? whole)
    .replace(/```([\s\S]+?)```/g, '<pre>$1</pre>')
    .replace(/`([^`\n]+)`/g, '<code>$1</code>')
    .replace(/(^|[\s(>])\*([^*\n]+)\*/g, '$1<b>$2</b>')
    .replace(/(^|[\s(>])_([^_\n]+)_/g, '$1<i>$2</i>')
    .replace(/(^|[\s(>])~([^~\n]+)~/g, '$1<s>$2</s>')
    .replace(/^(?:&gt;|>) ?(.*)$/gm, '<q>$1</q>')
    .replaceAll('\n', '<br>')
    .replaceAll('</q><br>', '</q>')
}

export function pageOf({ title, subtitle, messages, names, modal, zone = 'UTC' }: Scene): string {
  const textOf = (text: unknown): string => {
    if (typeof text === 'string') return markup(text, names, zone)
    const { type, text: inner = '' } = (text ?? {}) as { type?: string; text?: string }
    return type === 'plain_text' ? safe(inner).replace(/:([a-z_]+):/g, (whole, name) => emoji[name] ?? whole) : markup(inner, names, zone)
  }
  const elementOf = (element: Element): string => {
    const style = (element as { style?: string }).style ?? ''
    switch (element.type) {
      case 'button':
        return `<span class="button ${style}">${textOf(element.text)}</span>`
      case 'overflow':
        return '<span class=button>⋯</span>'
      case 'plain_text_input':
        return `<div class="input ${(element as { multiline?: boolean }).multiline ? 'tall' : ''}">${textOf((element as Fields).initial_value) || `<span class=hint>${textOf((element as Fields).placeholder)}</span>`}</div>`
      case 'mrkdwn':
      case 'plain_text':
        return `<span>${textOf(element)}</span>`
      default:
        return `<div class=input>${textOf((element as Fields).placeholder) || element.type} <span class=caret>▾</span></div>`
    }
  }
  const blockOf = (block: Block): string => {
    switch (block.type) {
      case 'header':
        return `<h3>${textOf(block.text)}</h3>`
      case 'section': {
        const fields = ((block.fields as unknown[]) ?? []).map((field) => `<div>${textOf(field)}</div>`).join('')
        const beside = block.accessory ? `<div class=beside>${elementOf(block.accessory)}</div>` : ''
        return `<div class=section><div>${block.text ? textOf(block.text) : ''}${fields ? `<div class=fields>${fields}</div>` : ''}</div>${beside}</div>`
      }
      case 'context':
        return `<div class=context>${(block.elements ?? []).map(elementOf).join(' ')}</div>`
      case 'actions':
        return `<div class=actions>${(block.elements ?? []).map(elementOf).join('')}</div>`
      case 'divider':
        return '<hr>'
      case 'input':
        return `<label><b>${textOf(block.label)}</b>${block.optional ? ' <span class=hint>(optional)</span>' : ''}</label>${block.element ? elementOf(block.element) : ''}${block.hint ? `<div class=hint>${textOf(block.hint)}</div>` : ''}`
      default:
        return `<div class=unknown>[${block.type}] ${textOf(block.text)}</div>`
    }
  }
  const bodyOf = (message: { text?: string; blocks?: Block[] }) =>
    message.blocks?.length ? message.blocks.map(blockOf).join('') : `<div class=section><div>${textOf(message.text ?? '')}</div></div>`
  const messageOf = (message: Message): string => {
    const name = names.get(message.user ?? '') ?? 'Jidoka'
    const replies = (message.replies ?? []).map(messageOf).join('')
    const only = message.ephemeral ? '<div class=hint>Only visible to you</div>' : ''
    return `<article><div class="face c${name.length % 5}">${safe(name[0] ?? '?').toUpperCase()}</div><div class=body>${only}<b>${safe(name)}</b> <span class=hint>${dated('{time}', Number(message.ts), zone)}</span>${bodyOf(message)}${replies ? `<div class=thread>${replies}</div>` : ''}</div></article>`
  }
  const window = modal
    ? `<div class=shade><div class=modal><h2>${textOf(modal.title)}</h2>${modal.blocks.map(blockOf).join('')}<div class=foot><span class=button>${textOf(modal.close) || 'Cancel'}</span><span class="button primary">${textOf(modal.submit) || 'OK'}</span></div></div></div>`
    : ''
  return `<!doctype html><html lang=en><meta charset=utf-8><title>${safe(title)}</title><style>${style}</style>
<header><b># ${safe(title)}</b>${subtitle ? `<span class=hint>${safe(subtitle)}</span>` : ''}</header><main>${messages.map(messageOf).join('')}</main>${window}</html>`
}
