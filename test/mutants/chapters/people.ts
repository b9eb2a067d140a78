// biome-ignore-all lint/suspicious/noTemplateCurlyInString: source text is named here, not filled in
import { type Chapter, tests } from '../define.ts'

const plan = 'runbooks/plan.test.ts'
const pages = 'bots/pager/desk.test.ts'

export const people: Chapter = {
  title: 'People hear of it, once',
  defences: [
    {
      id: 'ladder-ends-in-a-page',
      title: 'A fault that nothing mends ends in silence.',
      file: 'core/catalog/crosscheck.ts',
      find: "component.ladder.at(-1) === 'page' ?",
      replace: 'true ?',
      killedBy: [tests('core/config.test.ts', 'a ladder that ends in silence')],
    },
    {
      id: 'doubt-pages',
      title: 'A step may or may not have been done, everything looks well again, and nobody hears of it.',
      file: 'remediation/plan.ts',
      find: 'seen.length > 0 ? seen : leftInDoubt(ours)',
      replace: 'seen',
      killedBy: [tests(plan, 'but a step in doubt calls a person first, once')],
    },
    {
      id: 'doubt-keeps-the-incident',
      title: 'The incident of a step in doubt ends by itself as soon as nothing fires.',
      file: 'core/runs/finish.ts',
      find: "if (!clear || status === 'unknown') return []",
      replace: 'if (!clear) return []',
      killedBy: [tests('core/journal/journal.test.ts', 'SQLite in memory the end of a run in doubt stays with the incident')],
    },
    {
      id: 'page-once-per-matter',
      title: 'A person is called every few seconds for the same thing.',
      file: 'remediation/plan.ts',
      find: 'if (called) return',
      replace: 'if (false) return',
      killedBy: [tests(plan, 'a person is called once for the same thing')],
    },
    {
      id: 'a-second-call-is-heard',
      title: 'Somebody who calls for help by hand is not heard because he called in the same words a week ago.',
      file: 'remediation/commands.ts',
      find: 'dedupe: `${component.id}/by-hand/${by}/${at}`',
      replace: 'dedupe: `${component.id}/by-hand/${by}/${words}`',
      killedBy: [tests('remediation/commands.test.ts', 'a person who calls for help again, in the same words')],
    },
    {
      id: 'strangers-are-paged',
      title: 'An alert of something that nobody configured is dropped.',
      file: 'remediation/plan.ts',
      find: 'if (!component) return callForUnknown(situation, planner)',
      replace: "if (!component) return { do: 'close', failure: 'unknown', reason: 'it is nothing of ours' }",
      killedBy: [tests(plan, 'an alert of a component that nobody configured calls a person')],
    },
    {
      id: 'outbox-dedupe',
      title: 'A page that is queued again after a crash is sent twice.',
      file: 'core/store/statements/journal.ts',
      find: '.onConflictDoNothing({ target: outbox.dedupe })',
      replace: '.onConflictDoUpdate({ target: outbox.dedupe, set: { sentAt: null } })',
      killedBy: [tests('core/journal/journal.test.ts', 'SQLite in memory messages')],
    },
    {
      id: 'page-is-retried',
      title: 'A page that no pager took is forgotten.',
      file: 'bots/pager/calls.ts',
      find: 'const givesUp = gone || details.permanent === true || !current || tired(current)',
      replace: 'const givesUp = true',
      killedBy: [tests(pages, 'is tried again, later and later')],
    },
    {
      id: 'one-pager-does-not-stop-another',
      title: 'The first pager fails, and the second is never asked.',
      file: 'bots/pager/ring.ts',
      find: "const lane = `${page.id}/${key}${pager.split ? `/${some[0]?.id ?? ''}` : ''}`",
      replace: 'const lane = page.id',
      killedBy: [tests(pages, 'all are asked; one that took it is enough')],
    },
    {
      id: 'store-failure-is-told',
      title: 'Nothing can be recorded, nothing is mended, and nobody hears of it.',
      file: 'remediation/engine.ts',
      find: 'ports.onStoreFailure(error)',
      replace: 'void error',
      killedBy: [tests('remediation/engine.test.ts', 'when nothing can be recorded nothing is touched')],
    },
  ],
}
