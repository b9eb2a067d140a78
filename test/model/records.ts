import { fault, isFault } from '../../core/errors.ts'
import type { Change, Found, Look, RecordFilter, Records, Stored } from '../../core/records/record.ts'
import { post } from './outbox.ts'
import { kept, pageOf, type State, tell } from './state.ts'

export function modelRecords<Data>(s: State, kind: string, commit: <Result>(work: () => Result) => Promise<Result>): Records<Data> {
  const all = () => [...s.records.values()].filter((one) => one.kind === kind) as Stored<Data>[]
  const byKey = (key: string) => all().find((one) => one.key === key) ?? null
  const get = (id: string) => all().find((one) => one.id === id) ?? null
  const fits =
    ({ open, topic, parent }: RecordFilter) =>
    (one: Stored<Data>) =>
      (!open || one.open) && (topic !== undefined ? one.topic === topic : parent === undefined || one.parent === parent)
  const due = () =>
    all()
      .filter((one) => one.nextAt !== null)
      .sort((a, b) => (a.nextAt as number) - (b.nextAt as number))

  function find(look: Look): Found<Data> {
    const records = new Map<string, Stored<Data>>()
    for (const id of look.ids ?? []) {
      const found = get(id)
      if (found) records.set(id, found)
    }
    const filter: RecordFilter | null = look.open === undefined ? null : { open: true, ...(look.open === true ? {} : look.open) }
    return {
      now: s.clock.now(),
      mint: s.mint,
      records,
      byKey: look.key === undefined ? null : byKey(look.key),
      open: filter ? pageOf(all().filter(fits(filter)), { limit: 200 }) : [],
    }
  }

  function change<Answer>(look: Look, decide: (found: Found<Data>) => Change<Data, Answer>): Answer {
    const { put = [], tell: told = [], post: posts = [], answer } = decide(find(look))
    for (const { id, rev, key } of put) {
      const before = s.records.get(id)
      if (before && before.rev !== rev) throw fault('record-changed', { kind })
      if (!before && key !== null && byKey(key)) throw fault('conflict', { problem: 'key', hint: 'It is in the store already.' })
    }
    for (const draft of put) {
      const before = s.records.get(draft.id)
      const { key = draft.key, createdAt = s.clock.now() } = before ?? {}
      s.records.set(draft.id, { ...draft, kind: before?.kind ?? kind, key, createdAt, rev: draft.rev + 1, data: kept(draft.data) })
    }
    for (const { kind: of, data, ...subject } of told) tell(s, of, subject, kept(data))
    for (const message of posts) post(s, message)
    return answer
  }

  return {
    async change(look, decide) {
      for (let tries = 1; ; tries++) {
        try {
          return await commit(() => change(look, decide))
        } catch (error) {
          if (!isFault(error, 'record-changed') || tries >= 5) throw error
        }
      }
    },
    get: async (id) => get(id),
    byKey: async (key) => byKey(key),
    list: async (filter, page) => pageOf(all().filter(fits(filter)), page),
    due: async (limit) =>
      due()
        .filter((one) => (one.nextAt as number) <= s.clock.now())
        .slice(0, Math.min(limit, 1_000))
        .map(({ id }) => id),
    nextAt: async () => due()[0]?.nextAt ?? null,
    count: async (topic) => all().filter((one) => one.topic === topic).length,
  }
}
