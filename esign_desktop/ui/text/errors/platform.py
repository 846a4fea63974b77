"""Provide the sentences for errors in communicating with the signing platform."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

translate: Final = QCoreApplication.translate


def connection_texts() -> dict[str, tuple[str, str]]:
    """Return title and remedy, keyed by code, for failed connections and for answers that cannot be trusted."""
    return {
        "api.no_network": (
            translate("ErrorSentences", "Can't reach the platform: no connection."),
            translate(
                "ErrorSentences", "Check the network cable or Wi-Fi and the address in Settings, then try again."
            ),
        ),
        "api.timeout": (
            translate("ErrorSentences", "The platform didn't answer in time."),
            translate(
                "ErrorSentences", "Try again in a moment. If this happens often, ask your network administrator."
            ),
        ),
        "api.tls": (
            translate("ErrorSentences", "The connection is not secure: the platform's certificate can't be trusted."),
            translate(
                "ErrorSentences",
                "Nothing was sent. If your company inspects encrypted traffic, install its "
                "certificate authority in the operating system. Otherwise, someone may be "
                "intercepting the connection.",
            ),
        ),
        "api.clock": (
            translate(
                "ErrorSentences",
                "According to this computer's clock, the platform's certificate isn't currently valid.",
            ),
            translate("ErrorSentences", "Set this computer's date and time, then try again. Nothing was sent."),
        ),
        "api.proxy": (
            translate("ErrorSentences", "Can't reach the proxy, or it doesn't allow this connection."),
            translate("ErrorSentences", "Check the proxy in Settings; leave it empty for a direct connection."),
        ),
        "api.reset": (
            translate("ErrorSentences", "The connection was lost before the platform answered."),
            translate("ErrorSentences", "Try again. Completed steps won't be repeated."),
        ),
        "api.cancelled": (
            translate("ErrorSentences", "The request was interrupted. It's unclear whether it took effect."),
            translate("ErrorSentences", "Check the contract in Track before you send it again."),
        ),
        "api.bad_address": (
            translate("ErrorSentences", "This address can't be used: {detail}"),
            translate("ErrorSentences", "Enter a complete https address in Settings."),
        ),
        "api.forbidden_address": (
            translate(
                "ErrorSentences",
                "The platform returned an address that is insecure or points to this computer or "
                "its network. The address wasn't opened.",
            ),
            translate(
                "ErrorSentences",
                "Tell your network administrator. If the platform's files are stored in your own "
                "network, allow that in Settings.",
            ),
        ),
        "api.bad_project_id": (
            translate("ErrorSentences", "The project ID contains invalid characters."),
            translate(
                "ErrorSentences", "Copy the project ID again from the platform's console, and paste it in Settings."
            ),
        ),
        "api.unsigned_refusal": (
            translate("ErrorSentences", "The platform refused the request, but its answer isn't signed ({err_code})."),
            translate(
                "ErrorSentences",
                "The project ID or secret may be wrong: test the connection in Settings. If the "
                "test succeeds, the platform itself has an error: give the number {err_code} to "
                "its support.",
            ),
        ),
        "api.unverified": (
            translate("ErrorSentences", "The response has no valid platform signature, so it was rejected."),
            translate(
                "ErrorSentences",
                "Check the secret in Settings. If it's correct, a device on the network is "
                "altering the traffic: tell your network administrator.",
            ),
        ),
    }


def answer_texts() -> dict[str, tuple[str, str]]:
    """Return title and remedy, keyed by code, for errors that the platform or its file storage reports.

    A key may also contain an HTTP status, or a class of statuses such as ``4xx``.
    """
    return {
        "api.http_status": (
            translate("ErrorSentences", "The platform is currently unavailable (HTTP {status})."),
            translate("ErrorSentences", "Try again in a few minutes."),
        ),
        "api.http_status 4xx": (
            translate("ErrorSentences", "No signing platform responds at this address (HTTP {status})."),
            translate(
                "ErrorSentences",
                "In Settings, check the address (including the path after the host) and the "
                "proxy. Trying again won't help.",
            ),
        ),
        "api.http_status 429": (
            translate("ErrorSentences", "Too many requests are being sent to the platform (HTTP {status})."),
            translate("ErrorSentences", "Try again in a few minutes."),
        ),
        "api.protocol": (
            translate("ErrorSentences", "The response couldn't be understood."),
            translate("ErrorSentences", "Check the address in Settings. It may not belong to the signing platform."),
        ),
        "api.too_large": (
            translate("ErrorSentences", "The response is unreasonably large and wasn't read."),
            translate("ErrorSentences", "Check the address in Settings. It may not belong to the signing platform."),
        ),
        "api.refused": (
            translate("ErrorSentences", "The platform refused: {msg} ({err_code})"),
            translate(
                "ErrorSentences",
                "Correct the problem that the platform reports, then try again. The platform's "
                "support can look up the number.",
            ),
        ),
        "api.upload_expired": (
            translate("ErrorSentences", "The upload permission has expired."),
            translate("ErrorSentences", "Try again. The program will request new permission."),
        ),
        "api.upload_md5": (
            translate("ErrorSentences", "The file was changed during the transfer and wasn't accepted."),
            translate(
                "ErrorSentences", "Try again. If it happens again, a device on the network is altering the traffic."
            ),
        ),
        "api.upload_failed": (
            translate("ErrorSentences", "The file storage rejected the file (HTTP {status} {storage_code})."),
            translate("ErrorSentences", "Try again in a few minutes."),
        ),
        "api.download_expired": (
            translate("ErrorSentences", "The download permission has expired."),
            translate("ErrorSentences", "Try again. The program will request new permission."),
        ),
        "api.download_failed": (
            translate("ErrorSentences", "The file storage didn't return the file (HTTP {status} {storage_code})."),
            translate("ErrorSentences", "Try again in a few minutes."),
        ),
        "api.download_exists": (
            translate("ErrorSentences", "A file with that name already exists. It was not overwritten."),
            translate("ErrorSentences", "Choose another folder, or move the existing file."),
        ),
    }


def calibration_texts() -> dict[str, tuple[str, str]]:
    """Return title and remedy, keyed by code, for errors that prevent or stop a calibration."""
    return {
        "calibration.binding": (
            translate("ErrorSentences", "Nothing was sent: contracts in this environment are legally binding."),
            translate("ErrorSentences", "Calibrate the test environment, then enter the results in Settings."),
        ),
        "calibration.unknown_sealer": (
            translate(
                "ErrorSentences", "Nothing was sent: no organization with this name is known in this environment."
            ),
            translate("ErrorSentences", "Enter the name as shown in Settings, or omit --sealed-by."),
        ),
        "calibration.held": (
            translate("ErrorSentences", "It's unclear whether the calibration sheet reached the platform."),
            translate(
                "ErrorSentences",
                "Decide in Track, under unfinished contracts. No other calibration sheet will be sent.",
            ),
        ),
        "calibration.not_complete": (
            translate("ErrorSentences", "The platform didn't seal the calibration sheet within {minutes} min."),
            translate(
                "ErrorSentences",
                "Calibrate again to keep waiting. If you cancel the sheet then, it is revoked and costs nothing.",
            ),
        ),
        "calibration.not_sealed": (
            translate("ErrorSentences", "The platform ended the calibration without sealing the sheet."),
            translate("ErrorSentences", "Ask the platform whether your application is allowed to sign automatically."),
        ),
        "calibration.other_file": (
            translate("ErrorSentences", "The pages of the sealed file don't match the pages that were sent."),
            translate(
                "ErrorSentences",
                "The file can't be measured. Calibrate again to cancel this calibration sheet, and enter the settings "
                "that you know manually.",
            ),
        ),
    }
