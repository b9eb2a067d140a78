import type { AndonView, EntryView } from '../../bots/andon/wire.ts'
import { tellFailure } from '../api.ts'
import type { Paint } from '../render.ts'
import { type Editing, edited, empty, type Press } from './editor.ts'
import { type Bottom, type Frame, frame, type Size } from './frame.ts'
import { freshKey } from './key.ts'
import { keys } from './keys.ts'
import type { Labels } from './labels.ts'
import { languageOf, type Reader } from './parts.ts'

export interface RoomPorts {
  /** Sends an order; the same key acts once. Throws what the API throws. */
  send(path: string, body: object, key: string): Promise<unknown>
  leave(): void
  /** Something changed: draw it. */
  changed(): void
}

type PromptName = keyof Labels['prompts']
interface Draft {
  typed: Editing
  /** Of the words as they were sent: sent again unchanged, they act once. */
  sent: { text: string; key: string } | null
}

const timelineKept = 2_000
const page = 10

/** The room as somebody works in it: what they see, type and send. Knows no terminal; `draw` says what one shows. */
export function openRoom(locale: Reader['locale'], ports: RoomPorts) {
  const { labels } = languageOf({ locale, zone: 'UTC', now: 0 })
  let andon: AndonView | null = null
  let timeline: EntryView[] = []
  let bottom: Bottom = { prompt: null, said: null, connected: true, help: false, back: 0 }
  let backMax = 0
  /** What was typed and not done is kept, by what it was for. */
  const drafts = new Map<PromptName, Draft>()

  function set(change: Partial<Bottom>) {
    bottom = { ...bottom, ...change }
    ports.changed()
  }
  const open = (name: PromptName) => set({ prompt: { name, typed: drafts.get(name)?.typed ?? empty }, said: null })
  function keep(name: PromptName, typed: Editing) {
    drafts.set(name, { typed, sent: drafts.get(name)?.sent ?? null })
  }

  async function submit(name: PromptName, typed: Editing): Promise<void> {
    const text = (typed.before + typed.after).trim()
    const unit = keys.find(({ prompt }) => prompt === name)
    if (!andon || !unit) return
    const order = unit.order(text, andon, labels.problems)
    if ('problem' in order) return set({ said: { text: order.problem, bad: true } })
    const before = drafts.get(name)?.sent
    const key = before?.text === text ? before.key : freshKey()
    drafts.set(name, { typed, sent: { text, key } })
    set({ prompt: null, said: { text: labels.sending, bad: false } })
    try {
      await ports.send(order.path, order.body, key)
      drafts.delete(name)
      set({ said: { text: labels.sent, bad: false } })
    } catch (error) {
      const said = { text: tellFailure(error).text, bad: true }
      // Whoever has begun another line meanwhile finds this one again under its key.
      set(bottom.prompt ? { said } : { said, prompt: { name, typed } })
    }
  }

  function pressInPrompt({ name, typed }: NonNullable<Bottom['prompt']>, press: Press) {
    if (press.name === 'escape') {
      keep(name, typed)
      return set({ prompt: null, said: null })
    }
    if (press.name === 'return' || press.name === 'enter') return void submit(name, typed)
    const next = edited(typed, press)
    keep(name, next)
    set({ prompt: { name, typed: next } })
  }

  const scroll: Record<string, () => number> = {
    up: () => bottom.back + 1,
    down: () => bottom.back - 1,
    pageup: () => bottom.back + page,
    pagedown: () => bottom.back - page,
    home: () => backMax,
    end: () => 0,
  }

  return {
    press(press: Press) {
      if (press.ctrl && press.name === 'c') return ports.leave()
      if (bottom.prompt) return pressInPrompt(bottom.prompt, press)
      if (bottom.help) return set({ help: false })
      if (press.text === 'q') return ports.leave()
      if (press.text === '?') return set({ help: true })
      const to = scroll[press.name ?? '']
      if (to) return set({ back: Math.max(0, Math.min(backMax, to())) })
      const unit = press.ctrl || press.meta ? undefined : keys.find(({ key }) => key === press.text)
      if (unit) open(unit.prompt)
    },
    seen(next: AndonView, fresh: readonly EntryView[]): void {
      andon = next
      timeline = [...timeline, ...fresh].slice(-timelineKept)
      ports.changed()
    },
    connected(well: boolean): void {
      set({ connected: well, said: { text: well ? labels.back : labels.lost, bad: !well } })
    },
    moved(id: string): void {
      timeline = []
      set({ said: { text: labels.movedTo(id), bad: false }, back: 0 })
    },
    draw(reader: Reader, size: Size, paint: Paint): Frame | null {
      if (!andon) return null
      const drawn = frame(andon, timeline, reader, size, bottom, paint)
      backMax = drawn.backMax
      return drawn
    },
    /** Null: nothing was read yet. */
    ended: (): boolean | null => andon && andon.status === 'resolved',
  }
}
