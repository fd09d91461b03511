import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from './button.tsx';
import { messages } from './messages.ts';

/** Copies with one click; the icon says that it did. Browsers offer the clipboard to secure pages only. */
export function CopyButton({
  text,
  className,
  isLabelled = false,
}: {
  text: string;
  className?: string;
  isLabelled?: boolean;
}) {
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setIsCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  if (!isSecureContext) return null;
  const label = isCopied ? messages.bot.copied : messages.bot.copy;
  const Icon = isCopied ? Check : Copy;
  return (
    <Button
      variant={isLabelled ? 'outline' : 'ghost'}
      size={isLabelled ? 'md' : 'icon'}
      aria-label={isLabelled ? undefined : label}
      title={isLabelled ? undefined : label}
      className={className}
      onClick={() => void navigator.clipboard.writeText(text).then(() => setIsCopied(true))}
    >
      <Icon aria-hidden="true" />
      {isLabelled && label}
    </Button>
  );
}
