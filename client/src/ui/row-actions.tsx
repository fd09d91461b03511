import { Pencil, Trash2 } from 'lucide-react';
import { Button } from './button.tsx';
import { messages } from './messages.ts';

interface RowActionsProps {
  /** Of the row's thing: the buttons are told apart by it. */
  readonly name: string;
  readonly onEdit: () => void;
  readonly onDelete: () => void;
}

/** What can be done with a row of a list. */
export function RowActions({ name, onEdit, onDelete }: RowActionsProps) {
  return (
    <div className="flex gap-2">
      <Button onClick={onEdit} aria-label={`${messages.form.edit} ${name}`}>
        <Pencil aria-hidden="true" /> {messages.form.edit}
      </Button>
      <DeleteButton label={`${messages.form.delete} ${name}`} onClick={onDelete} />
    </div>
  );
}

/** @param props.label says what it deletes: it shows no words. */
export function DeleteButton({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button variant="danger" onClick={onClick} aria-label={label}>
      <Trash2 aria-hidden="true" />
    </Button>
  );
}
