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
/** Narrow screens have no room for columns: what they tell stands under the name there. */
const WIDE = 'hidden lg:table-cell';

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
    <Table label={text.tabs.providers} className="block border-t border-line lg:table">
      <thead className="hidden lg:table-header-group">
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
  // One line below both rows.
  const cell = 'border-b-0 py-3 align-top';
  const price = <Price provider={provider} />;
  const key = <KeyHint provider={provider} isNeeded={preset?.needsKey === true} />;
  return (
    <tbody className="block border-b border-line lg:table-row-group">
      <tr className="flex justify-between lg:table-row">
        <Td className={`${cell} block h-auto min-w-0 pl-4 whitespace-normal lg:table-cell lg:min-w-40`}>
          <p className="font-medium wrap-anywhere">{name}</p>
          <p className="text-xs text-muted">{preset?.name ?? provider.preset ?? messages.none}</p>
          <div className="mt-1 flex flex-col items-start gap-1 text-xs text-soft lg:hidden">
            <span className="wrap-anywhere">{modelName}</span>
            {price}
            {key}
            <span className="text-muted">{text.botsOf(botCount)}</span>
          </div>
        </Td>
        <Td className={`${cell} ${WIDE} min-w-44 wrap-anywhere whitespace-normal`}>{modelName}</Td>
        <Td className={`${cell} ${WIDE}`}>{price}</Td>
        <Td className={`${cell} ${WIDE}`}>{key}</Td>
        <Td className={`${cell} ${WIDE} nums text-right`}>{count(botCount)}</Td>
        <Td className={`${cell} block h-auto shrink-0 pr-4 lg:table-cell`}>
          <div className="flex flex-col items-end gap-2 sm:flex-row sm:justify-end">
            <TestButton trial={trial} name={name} />
            <RowActions name={name} onEdit={onEdit} onDelete={onDelete} />
          </div>
        </Td>
      </tr>
      {hasTrial && (
        <tr className="block lg:table-row">
          <Td colSpan={6} className="block h-auto border-b-0 px-4 pb-4 lg:table-cell">
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
