import { useId, useState } from 'react';
import { useFormContext } from 'react-hook-form';
import { useMarkets } from '../../live/context.tsx';
import { count } from '../../ui/format.ts';
import { ownText } from '../../ui/messages/own-bots.ts';
import { RadioCard, RadioCards } from '../../ui/radio-cards.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import type { BotFormValues } from './bot-form-values.ts';

const text = ownText.form;
/** A longer list can be searched. */
const LONG_LIST = 12;

/** Every symbol of the market, or some of them. */
export function SymbolFields() {
  const { register, watch } = useFormContext<BotFormValues>();
  return (
    <>
      <RadioCards label={text.symbols} className="grid-cols-2">
        {(['all', 'some'] as const).map((kind) => (
          <RadioCard key={kind} value={kind} title={text.symbolKinds[kind]} {...register('symbolKind')} />
        ))}
      </RadioCards>
      {watch('symbolKind') === 'some' && <SymbolList />}
    </>
  );
}

function SymbolList() {
  const { register, watch, formState } = useFormContext<BotFormValues>();
  const [filter, setFilter] = useState('');
  const markets = useMarkets();
  const errorId = useId();
  const error = formState.errors.symbols?.message;
  const chosen = watch('symbols');
  // What was chosen stays to be seen, also when this market does not have it any more.
  const known = [...new Set([...markets.map(({ symbol }) => symbol), ...chosen])];
  const shown = known.filter((symbol) => symbol.includes(filter.trim().toUpperCase()));
  return (
    <fieldset aria-describedby={error === undefined ? undefined : errorId}>
      <legend className="mb-2 text-sm text-muted">{text.symbolsChosen(count(chosen.length))}</legend>
      {known.length > LONG_LIST && (
        <SearchField label={text.symbolsFilter} value={filter} onChange={setFilter} className="mb-2" />
      )}
      <ul className="grid max-h-64 grid-cols-2 gap-1 overflow-y-auto rounded-md border border-line p-2 sm:grid-cols-4">
        {known.map((symbol) => (
          <li key={symbol} hidden={!shown.includes(symbol)}>
            <label className="flex cursor-pointer items-center gap-2 rounded-sm px-1 py-1 text-sm hover:bg-hover">
              <input
                type="checkbox"
                value={symbol}
                className="size-4 accent-accent"
                {...register('symbols', {
                  validate: (symbols, { symbolKind }) =>
                    symbolKind === 'all' || symbols.length > 0 || text.noSymbol,
                })}
              />
              {symbol}
            </label>
          </li>
        ))}
      </ul>
      {error !== undefined && (
        <p id={errorId} role="alert" className="mt-1 text-sm text-loss">
          {error}
        </p>
      )}
    </fieldset>
  );
}
