import { type Chapter, tests } from '../define.ts'

const thresholds = 'core/probes/thresholds.test.ts'
const watch = 'core/probes/watch.test.ts'

export const seeing: Chapter = {
  title: 'Seeing: what may be believed',
  defences: [
    {
      id: 'fail-after',
      title: 'One lost packet restarts a process.',
      file: 'core/probes/thresholds.ts',
      find: 'rows.fail >= failAfter',
      replace: 'rows.fail >= 1',
      killedBy: [tests(thresholds, 'only a row of failAfter makes it fail')],
    },
    {
      id: 'pass-after',
      title: 'One good answer of a member that is still ill ends its incident.',
      file: 'core/probes/thresholds.ts',
      find: "if (level !== 'pass' && rows.pass >= passAfter)",
      replace: "if (level !== 'pass' && rows.pass >= 1)",
      killedBy: [tests(thresholds, 'only a row of failAfter makes it fail')],
    },
    {
      id: 'late-look-ignored',
      title: 'A slow look at the past overrules what a younger one has seen.',
      file: 'core/probes/thresholds.ts',
      find: 'if (younger) return',
      replace: 'if (false) return',
      killedBy: [tests(thresholds, 'a late failure does not count against a younger pass')],
    },
    {
      id: 'flap-damping',
      title: 'A member that changes to and fro is mended each time.',
      file: 'core/probes/thresholds.ts',
      find: 'return { track: { ...changed, flapping: true },',
      replace: 'return { track: changed,',
      killedBy: [tests(thresholds, 'what changes too often flaps')],
    },
    {
      id: 'look-before-the-exit',
      title: 'A look at the old process, answered late, proves that the new one is well.',
      file: 'core/probes/watched.ts',
      find: 'if (watched.exit && startedAt <= watched.exit.at) return',
      replace: '',
      killedBy: [tests(watch, 'a look that began before it, and passes after it, proves nothing')],
    },
    {
      id: 'held-up-ourselves',
      title: 'We slept, and blame every member that we did not look at for not having answered.',
      file: 'core/probes/look.ts',
      find: 'if (!stalled && took() > timeoutMs + stallMs) {',
      replace: 'if (false) {',
      killedBy: [tests(watch, 'when we were held up ourselves')],
    },
    {
      id: 'two-actives-at-once',
      title: 'Each orderly switch looks like two actives, and calls a person.',
      file: 'core/probes/roles.ts',
      find: 'older.startedAt >= younger.activeSince',
      replace: 'true',
      killedBy: [tests(watch, 'an orderly switch is no trouble')],
    },
    {
      id: 'alerts-are-told-again',
      title: 'What the store could not take is never told again.',
      file: 'core/probes/alarm.ts',
      find: 'for (const { lost } of batch.toReversed()) lost()',
      replace: '',
      killedBy: [tests(watch, 'alerts that were not taken are told again')],
    },
    {
      id: 'an-old-fire-is-ended',
      title: 'What fired before a restart of ours fires for ever, because nobody else ends it.',
      file: 'core/probes/alarm.ts',
      find: "if (told !== 'clear') tell(",
      replace: "if (told !== 'clear' && told !== 'nothing') tell(",
      killedBy: [tests(watch, 'whatever fired before we started is over')],
    },
    {
      id: 'a-broken-probe-blames-nobody',
      title: 'A defect in a probe restarts the members that it looks at.',
      file: 'core/probes/look.ts',
      find: "end({ outcome: 'warn', signal: 'warn',",
      replace: "end({ outcome: 'fail', signal: 'fail',",
      killedBy: [tests(watch, 'a probe that is broken itself warns')],
    },
  ],
}
