import type { PresetView, ProviderView } from '../../api/contract.ts';
import { Badge } from '../../ui/badge.tsx';
import { count } from '../../ui/format.ts';
import { messages } from '../../ui/messages.ts';
import { providersText } from '../../ui/messages/providers.ts';
import { priceInWords } from '../../ui/model-price.ts';
import { RowActions } from '../../ui/row-actions.tsx';
import { Table, Td, Th } from '../../ui/table.tsx';
import { exactDay } from '../../ui/time.ts';
import { TestButton } from './test-button.tsx';
import { TestResult } from './test-result.tsx';
import { useProviderTest } from './use-provider-test.ts';

const text = providersText;
/** What a phone has no room for stands under the name there. */
const WIDE = 'hidden md:table-cell';

interface ProvidersTableProps {
  readonly providers: readonly ProviderView[];
  readonly presets: readonly PresetView[];
  readonly onEdit: (provider: ProviderView) => void;
  readonly onDelete: (provider: ProviderView) => void;
}

export function ProvidersTable({ providers, presets, onEdit, onDelete }: ProvidersTableProps) {
  const { columns } = text;
  const presetOf = ({ preset }: ProviderView) => presets.find(({ id }) => id === preset);
  return (
    <Table label={text.tabs.providers} className="border-t border-line">
      <thead>
        <tr>
          <Th className="pl-4">{columns.provider}</Th>
          <Th className={WIDE}>{columns.model}</Th>
          <Th className={WIDE}>{columns.price}</Th>
          <Th className={WIDE}>{columns.key}</Th>
          <Th className={`${WIDE} text-right`}>{columns.bots}</Th>
          <Th className="pr-4">
            <span className="sr-only">{text.actions}</span>
          </Th>
        </tr>
      </thead>
      {providers.map((provider) => (
        <ProviderRows
          key={provider.id}
          provider={provider}
          preset={presetOf(provider)}
          onEdit={() => onEdit(provider)}
          onDelete={() => onDelete(provider)}
        />
      ))}
    </Table>
  );
}

interface ProviderRowsProps {
  readonly provider: ProviderView;
  /** undefined until the presets are read. */
  readonly preset: PresetView | undefined;
  readonly onEdit: () => void;
  readonly onDelete: () => void;
}

/** A provider, and below it what its last test came to. */
function ProviderRows({ provider, preset, onEdit, onDelete }: ProviderRowsProps) {
  const { name, modelName, botCount } = provider;
  const trial = useProviderTest(provider.id);
  const hasTrial = trial.isRunning || trial.result !== undefined || trial.error !== null;
  // One line for both rows.
  const cell = `py-3 align-top ${hasTrial ? 'border-b-0' : ''}`;
  return (
    <tbody>
      <tr>
        <Td className={`${cell} pl-4 whitespace-normal`}>
          <p className="font-medium break-words">{name}</p>
          <p className="text-xs text-muted">{preset?.name ?? provider.preset ?? messages.none}</p>
          <div className="mt-1 flex flex-col items-start gap-1 text-xs text-soft md:hidden">
            <span className="break-all">{modelName}</span>
            <Price provider={provider} />
            <KeyHint provider={provider} isNeeded={preset?.needsKey === true} />
            <span className="text-muted">{text.botsOf(botCount)}</span>
          </div>
        </Td>
        <Td className={`${cell} ${WIDE} max-w-56 break-all whitespace-normal`}>{modelName}</Td>
        <Td className={`${cell} ${WIDE}`}>
          <Price provider={provider} />
        </Td>
        <Td className={`${cell} ${WIDE}`}>
          <KeyHint provider={provider} isNeeded={preset?.needsKey === true} />
        </Td>
        <Td className={`${cell} ${WIDE} nums text-right`}>{count(botCount)}</Td>
        <Td className={`${cell} pr-4`}>
          <div className="flex flex-col items-end gap-2 lg:flex-row lg:justify-end">
            <TestButton trial={trial} name={name} />
            <RowActions name={name} onEdit={onEdit} onDelete={onDelete} />
          </div>
        </Td>
      </tr>
      {hasTrial && (
        <tr>
          <Td colSpan={6} className="px-4 pb-4">
            <TestResult trial={trial} model={modelName} />
          </Td>
        </tr>
      )}
    </tbody>
  );
}

function Price({ provider: { price } }: { provider: ProviderView }) {
  if (price === null)
    return (
      <Badge tone="outline" hint={text.price.unknownHint}>
        {text.price.unknownShort}
      </Badge>
    );
  const since = price.since === null ? '' : ` ${text.price.since(exactDay(price.since))}`;
  return (
    <span className="nums" title={`${text.price.sources[price.source]}${since}`}>
      {priceInWords(price)}
    </span>
  );
}

function KeyHint({ provider: { apiKey }, isNeeded }: { provider: ProviderView; isNeeded: boolean }) {
  const isMissing = !apiKey.isSet && isNeeded;
  return (
    <Badge tone={isMissing ? 'warn' : 'outline'}>
      {apiKey.isSet ? text.keySet(apiKey.last4) : text.noKey}
    </Badge>
  );
}
