// biome-ignore-all lint/suspicious/noTemplateCurlyInString: source text is named here, not filled in
import { type Chapter, tests } from '../define.ts'

const approving = 'guardians/findings/fix.ts'
const approved = (only: string) => [
  tests('guardians/findings/desk.test.ts', `decisions about findings on SQLite in memory a fix by runbook ${only}`),
]
const ordering = 'infra/main/fixes.ts'
const ordered = (only: string) => [tests('infra/main/fixes.test.ts', only)]
const doubt = (only: string) => [
  tests('infra/main/aws-doubt.test.ts', `a change that may have been done although no answer says so is in doubt ${only}`),
]
const address = 'remediation/actions/release-address.ts'
const addresses = (only: string) => [tests('remediation/actions/release-address.test.ts', only)]

export const fixing: Chapter = {
  title: 'Fixes change what was approved, and nothing else',
  defences: [
    {
      id: 'fix-is-begun-once',
      title: 'Two people approve a fix, and the runbook does it twice.',
      file: approving,
      find: 'notTwice(kept) const counted',
      replace: 'const counted',
      killedBy: approved('is begun when its owner approves it, once, and closed by the scan alone'),
    },
    {
      id: 'fix-in-doubt-is-not-repeated',
      title: 'A fix of which nobody knows whether it was done is done again.',
      file: approving,
      find: "fix.ended === 'failed' ||",
      replace: 'fix.ended !== undefined ||',
      killedBy: approved('that failed tells why, and may be tried again at once; in doubt, only after a scan'),
    },
    {
      id: 'fixes-stop-at-a-few',
      title: 'A runbook with a mistake in it is let loose on everything before a scan has seen what it does.',
      file: approving,
      find: 'if (!dryRun && counted >= limit) throw',
      replace: 'if (!dryRun && counted < 0) throw',
      killedBy: approved('stops at so many that no scan has confirmed; a dry run counts for nothing'),
    },
    {
      id: 'only-some-may-fix',
      title: 'Anybody who reads a finding lets a runbook change what belongs to others.',
      file: approving,
      find: "throw fault('forbidden', { role: by, needs })",
      replace: 'void needs',
      killedBy: approved('is refused to others, without a runbook, and where the runbook refuses'),
    },
    {
      id: 'fixers-that-are-named-are-all',
      title: 'A configuration names who may fix, and whoever is on duty does it all the same.',
      file: approving,
      find: 'if (fixers.length === 0 && (await onDuty())',
      replace: 'if ((await onDuty())',
      killedBy: approved('of those that duty.fixers names, when it names some'),
    },
    {
      id: 'another-account-is-not-touched',
      title: 'Our own account has something of the same name, and it is changed instead of that of the finding.',
      file: 'infra/main/aws-door.ts',
      find: 'if (ours === account) return',
      replace: 'if (here) return',
      killedBy: [
        tests('infra/main/aws-door.test.ts', 'another account is not touched by our own credentials, though the names are the same'),
      ],
    },
    {
      id: 'change-that-got-no-answer-is-in-doubt',
      title: 'The line is cut after a change was sent, and it counts as refused.',
      file: 'infra/main/aws-door.ts',
      find: "isFault(error, 'aws-unreachable') ||",
      replace: '',
      killedBy: doubt('when the line was cut; a look that was cut off is simply not answered'),
    },
    {
      id: 'change-that-the-service-failed-at-is-in-doubt',
      title: 'AWS has an error inside after it did the change, and it counts as refused.',
      file: 'infra/main/aws-door.ts',
      find: 'unwell.test(String(error.details.code))',
      replace: 'error.details.code === 0',
      killedBy: doubt('when the service failed, also at the last try'),
    },
    {
      id: 'nothing-is-approved-unseen',
      title: 'A resource that cannot be looked at is changed all the same.',
      file: ordering,
      find: 'return { refuse: causeChain(error) }',
      replace: 'return { steps: [], words: `would do something, though ${causeChain(error)}` }',
      killedBy: ordered('what cannot be looked at is not approved, and the permission is named'),
    },
    {
      id: 'dry-run-house-fixes-nothing',
      title: 'A controller that is to touch nothing carries out a fix.',
      file: ordering,
      find: 'if (planner.catalog.config.dryRun) return',
      replace: 'if (!planner) return',
      killedBy: ordered('a controller that is to touch nothing says what it would have done'),
    },
    {
      id: 'undo-leaves-what-others-did',
      title: 'An undo takes away a protection that somebody else had switched on before us.',
      file: ordering,
      find: "status === 'done' && !isAlready(output)",
      replace: "status === 'done'",
      killedBy: ordered('an undo does not take back what somebody else had done before us'),
    },
    {
      id: 'undo-is-of-what-was-done',
      title: 'An undo takes back also the step that failed, and so what somebody did there since.',
      file: ordering,
      find: "status === 'done' && !isAlready(output)",
      replace: "status !== 'begun' && !isAlready(output)",
      killedBy: ordered('an undo takes back what was done, though the rest of it failed, and nothing else'),
    },
    {
      id: 'address-in-use-is-kept',
      title: 'Between the approval and the act somebody uses the address, and it is given away under them.',
      file: address,
      find: 'if (now.associated)',
      replace: 'if (now.ip !== ip)',
      killedBy: addresses('one that is in use by now is left alone'),
    },
    {
      id: 'address-is-the-approved-one',
      title: 'Another address than the one that people approved is given back.',
      file: address,
      find: 'if (!now || now.ip !== ip) throw',
      replace: 'if (!now) throw',
      killedBy: addresses('one that is another one by now is left alone'),
    },
    {
      id: 'address-is-not-given-back-twice',
      title: 'A controller dies while it gives back an address, and the next one begins by itself what cannot be taken back.',
      file: address,
      find: "kind: 'irreversible'",
      replace: "kind: 'check-then-act'",
      killedBy: ordered('a controller that died after the intent on something that cannot be taken back, it is not begun again by itself'),
    },
    {
      id: 'volume-is-as-approved',
      title: 'A volume that somebody has turned into a faster type meanwhile is turned into gp3.',
      file: 'remediation/actions/set-volume-type.ts',
      find: 'if (now?.type !== from) throw',
      replace: 'if (now === null) throw',
      killedBy: [tests('remediation/actions/set-volume-type.test.ts', 'one that is of another type by now is left alone')],
    },
    {
      id: 'begun-change-of-a-volume-counts',
      title: 'AWS is busy with the change, the volume still has its old type, and it is asked for once more.',
      file: 'remediation/actions/set-volume-type.ts',
      find: "(now.modification?.state === 'modifying' && now.modification.to === to)",
      replace: 'false',
      killedBy: [
        tests(
          'remediation/actions/set-volume-type.test.ts',
          'one that AWS has begun with is done, though the volume still has its old type',
        ),
      ],
    },
    {
      id: 'fast-volume-stays-fast',
      title: 'A large volume is turned into a cheaper type with a third of its speed, and its database stands still.',
      file: 'runbooks/turn-to-gp3.ts',
      find: 'const iops = today > includedIops ? today : null',
      replace: 'const iops = null',
      killedBy: [tests('runbooks/fixes.test.ts', 'a runbook that mends findings plans from what is there now a fast one')],
    },
    {
      id: 'volume-undo-waits',
      title: 'An undo is approved within the six hours in which AWS refuses it, and counts as failed.',
      file: 'runbooks/turn-to-gp3.ts',
      find: 'if (now < readyAt) return',
      replace: 'if (now < 0) return',
      killedBy: [tests('runbooks/fixes.test.ts', 'of a volume, from six hours after its last modification on')],
    },
  ],
}
