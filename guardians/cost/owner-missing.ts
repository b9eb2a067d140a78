import { defineCheck, fail, pass } from '../define.ts'
import { taggedResources } from '../inventory/tagged-resources.ts'

/** Nobody can be asked about what belongs to nobody. */
export const ownerMissing = defineCheck('cost-owner-missing', {
  number: 59,
  severity: 'medium',
  title: { en: 'Resource that names no owner', ja: '所有者タグのないリソース' },
  why: {
    en: 'Nobody can be asked whether it is still needed, nobody is called when it fails, and its cost is everybody’s.',
    ja: '必要かどうか尋ねる相手も、障害時に呼ぶ相手もなく、費用の負担先も分かりません。',
  },
  fix: {
    en: '`aws resourcegroupstaggingapi tag-resources --resource-arn-list ARN --tags owner=TEAM`; of a stack, tag the stack: `aws cloudformation update-stack --stack-name NAME --use-previous-template --tags Key=owner,Value=TEAM`.',
    ja: '`aws resourcegroupstaggingapi tag-resources --resource-arn-list ARN --tags owner=TEAM`。スタックならスタックにタグを付けます: `aws cloudformation update-stack --stack-name NAME --use-previous-template --tags Key=owner,Value=TEAM`。',
  },
  peers: ['AWS Config', 'Cloud Custodian'],
  says: {
    nobody: { en: '{type} with {tags} tags, none of them an owner’s', ja: '{type}: タグ {tags} 件、所有者なし' },
    'nobody-stack': { en: '{type} of the stack {stack}, which names no owner', ja: 'スタック {stack} の {type}: 所有者なし' },
  },
  subject: taggedResources,
  options: { ignoreTypes: { default: [] as readonly string[], unit: 'types, like logs:log-group', source: 'ours' } },
  judge({ type, owner, stack, tags }, { options }) {
    if (owner !== undefined || options.ignoreTypes.includes(type)) return pass
    return fail(stack === null ? 'nobody' : 'nobody-stack', { type, stack, tags })
  },
})
