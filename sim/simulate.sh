#!/bin/sh
# Started by XRT's hw_emu shim in the directory that it unpacked; the parent is the process that uses XRT.
unset LD_PRELOAD
./device
code=$?
[ "$code" -eq 0 ] || echo "$code" > "/tmp/$USER/device.exit"
# XRT 2.13 waits for ever when the device is gone, so the process that uses it is ended too; proofcard reports that.
# Nothing is signalled when it has ended before: this process then has another parent.
read -r _ _ _ parent _ < /proc/$$/stat
[ "$code" -eq 0 ] || [ "$PPID" -le 1 ] || [ "$parent" -ne "$PPID" ] || kill -TERM "$PPID"
exit "$code"
